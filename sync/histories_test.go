package sync_test

import (
	"flag"
	"testing"
)

// histories is how many random histories each property test runs, unless
// -rapid.checks is given.
const histories = "1500"

func init() {
	if err := flag.Set("rapid.checks", histories); err != nil {
		panic(err)
	}
}

// TestHistories checks that the number above is the one that counts.
func TestHistories(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f == nil || f.DefValue == f.Value.String() {
		t.Errorf("the properties run with %v", f)
	}
}
