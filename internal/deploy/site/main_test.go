package site

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ferry/internal/test/realftp"
)

// TestMain also fails where tests leave goroutines behind.
func TestMain(m *testing.M) {
	lookAgain = []time.Duration{10 * time.Millisecond, 20 * time.Millisecond, 40 * time.Millisecond, 80 * time.Millisecond}
	code := realftp.Main(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
