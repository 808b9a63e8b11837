//go:build unix

package site

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// own gives a new file the owner of its directory, as the server does.
func own(t *testing.T, name string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	info, err := os.Stat(filepath.Dir(name))
	if err == nil {
		owner := info.Sys().(*syscall.Stat_t)
		err = os.Chown(name, int(owner.Uid), int(owner.Gid))
	}
	if err != nil {
		t.Fatal(err)
	}
}
