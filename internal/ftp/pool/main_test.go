package pool

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"ferry/internal/test/realftp"
)

// TestMain also fails where tests leave goroutines behind.
func TestMain(m *testing.M) {
	code := realftp.Main(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
