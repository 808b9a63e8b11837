package local

import (
	"os"
	"path/filepath"
	"testing"

	"ferry/manifest"
)

// Files of more than 2 GiB can be read and written, on 32-bit systems, too.
func TestFileOf3GiB(t *testing.T) {
	const size = 3 << 30
	for _, follow := range []bool{false, true} {
		at := t.TempDir()
		d, err := Open(at, Options{FollowLinks: follow})
		must(t, err)
		defer d.Close()
		root, err := d.reopenRoot()
		must(t, err)
		dir, err := openDir(root, "")
		must(t, err)
		defer dir.close()
		f, err := dir.OpenFile("large", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		must(t, err)
		_, err = f.WriteAt([]byte("end"), size-3)
		f.Close()
		if info, serr := os.Stat(filepath.Join(at, "large")); err != nil || serr != nil || info.Size() != size {
			t.Fatalf("writing at the end of 3 GiB: %v, %v", err, serr)
		}
		file, info, err := d.openRegular(root, "large", "large")
		must(t, err)
		defer file.Close()
		var b [3]byte
		_, err = file.ReadAt(b[:], size-3)
		if e := root.entry(statOf(info)); err != nil || string(b[:]) != "end" || e.Size != size || e.Kind != manifest.File {
			t.Errorf("reading the end of 3 GiB: %q, %v, size %d", b, err, e.Size)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
