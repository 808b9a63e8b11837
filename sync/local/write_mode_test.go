package local_test

import (
	"io/fs"
	"os"
	"testing"

	"ferry/sync/local"
)

// TestPutKeepsOwnerAndMode replaces files of other users as root. Set-uid and set-gid are
// not passed on to another content.
func TestPutKeepsOwnerAndMode(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("not tested: only root may give files to others")
	}
	d, h := open(t, local.Options{})
	for _, trash := range []bool{false, true} {
		for _, c := range []struct {
			uid, gid int
			mode     fs.FileMode
		}{
			{0, 0, 0o644}, {1234, 2345, 0o640}, {1234, 0, 0o600}, {0, 2345, 0o660}, {1234, 2345, 0o755 | fs.ModeSetuid | fs.ModeSetgid}, {1234, 2345, 0o444},
		} {
			h.Remove("f")
			h.Write("f", "old", fixedTime)
			h.must(os.Chown(h.at("f"), c.uid, c.gid))
			h.must(os.Chmod(h.at("f"), c.mode))
			step := put("new", fixedTime).step("f", scan(t, d).At("f"))
			step.Trash = trash
			applyOK(t, d, step)
			h.wantContent("f", "new")
			info, err := os.Stat(h.at("f"))
			h.must(err)
			if uid, gid := ownerOf(info); uid != c.uid || gid != c.gid || info.Mode() != c.mode.Perm() {
				t.Errorf("trash %v: %d:%d %v, was %d:%d %v", trash, uid, gid, info.Mode(), c.uid, c.gid, c.mode)
			}
		}
	}
}
