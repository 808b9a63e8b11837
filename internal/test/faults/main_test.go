package faults

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ferry/sync/remote"
)

// TestMain also fails if a pass leaves goroutines behind. The servers of the tests are closed by then, so none of their
// goroutines is left.
func TestMain(m *testing.M) {
	remote.LookAgain = []time.Duration{20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond}
	runMoreAtOnce()
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// runMoreAtOnce runs twice as many tests at once as there are processors, unless -parallel says otherwise: most of the time
// they wait for a server that is slow on purpose, or for the disk.
func runMoreAtOnce() {
	flag.Parse()
	if n := runtime.GOMAXPROCS(0); flag.Lookup("test.parallel").Value.String() == strconv.Itoa(n) {
		_ = flag.Set("test.parallel", strconv.Itoa(2*n))
	}
}
