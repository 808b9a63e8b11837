//go:build unix

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWaitingLeavesTheJournal holds that a watch recognises the journal on standard output,
// and on standard error.
func TestWaitingLeavesTheJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	stream := fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
	prog := newProgram(Env{Stdout: f, Stderr: f, Getenv: func(name string) string {
		return map[string]string{"JOURNAL_STREAM": stream}[name]
	}})
	defer (&watchScreen{prog: prog}).begin(nil)()
	fmt.Fprintln(prog.env.Stdout, "done")
	fmt.Fprintln(prog.stderr, "ferry: error: broken")
	if got, err := os.ReadFile(path); err != nil || string(got) != "<6>done\n<3>ferry: error: broken\n" {
		t.Errorf("%q, %v", got, err)
	}
}
