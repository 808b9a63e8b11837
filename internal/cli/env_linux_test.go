package cli

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDumbTerminal holds that nothing is drawn on a terminal that cannot move its cursor.
func TestDumbTerminal(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals: %v", err)
	}
	defer master.Close()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	stderr := os.Stderr
	defer func() { os.Stderr = stderr }()
	os.Stderr = terminal
	for name, want := range map[string]bool{"xterm-256color": true, "dumb": false} {
		t.Setenv("TERM", name)
		if got := OSEnv().StderrTerminal; got != want {
			t.Errorf("TERM=%s: draws %v", name, got)
		}
	}
}
