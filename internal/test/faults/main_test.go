package faults

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain also fails if a pass leaves goroutines behind. The servers of the tests are closed by then, so none of their
// goroutines is left.
func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
