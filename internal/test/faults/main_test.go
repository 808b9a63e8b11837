package faults

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain also fails where passes leave goroutines behind: the servers of the tests are closed by then, so that nothing
// of theirs runs any more either.
func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
