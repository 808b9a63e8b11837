package faults

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ferry/sync/remote"
)

// TestMain also fails if a pass leaves goroutines behind. The servers of the tests are closed by then, so none of their
// goroutines is left.
func TestMain(m *testing.M) {
	remote.LookAgain = []time.Duration{20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
