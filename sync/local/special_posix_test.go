//go:build linux || darwin || freebsd

package local_test

import (
	"os"
	"syscall"
	"testing"

	"ferry/manifest"
	"ferry/sync/local"
)

func TestScanSpecialFiles(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("../secret", "secret", fixedTime)
	h.Write("dir/f", "x", fixedTime)
	for link, target := range map[string]string{
		"to file": "dir/f", "to dir": "dir", "to nothing": "nothing", "to outside": "../secret", "to the outside": "..", "to itself": "to itself", "dir/up": "..",
	} {
		h.must(os.Symlink(target, h.at(link)))
	}
	h.must(syscall.Mkfifo(h.at("pipe"), 0o666))
	wantTree(t, scan(t, d), map[manifest.Path]manifest.Kind{
		"dir": manifest.Dir, "dir/f": manifest.File, "dir/up": manifest.Other, "pipe": manifest.Other,
		"to file": manifest.Other, "to dir": manifest.Other, "to nothing": manifest.Other, "to outside": manifest.Other, "to the outside": manifest.Other, "to itself": manifest.Other,
	})
}
