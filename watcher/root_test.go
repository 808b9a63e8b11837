package watcher

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
)

func TestRootGoneAndBack(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(root, 0o777); err != nil {
		t.Fatal(err)
	}
	y := openTestDir(t, root, quick(), openSystem)
	y.write("d/f", "1")
	y.waitUntilEqual()

	y.must(os.Rename(root, root+"-aside"))
	for !y.next().Everything {
	}
	if s := y.w.State(); s.Lost == "" || s.Watched != 0 {
		t.Errorf("lost: %+v", s)
	}

	y.must(os.Rename(root+"-aside", root))
	for !y.next().Everything {
	}
	if s := y.w.State(); s.Lost != "" || s.Watched != 2 {
		t.Errorf("back: %+v", s)
	}
	y.waitUntilQuiet()
	y.write("d/f", "22")
	if diff := cmp.Diff(Batch{Paths: []manifest.Path{"d/f"}}, y.next()); diff != "" {
		t.Error(diff)
	}

	y.must(os.RemoveAll(root))
	for y.w.State().Lost == "" {
		y.next()
	}
}

// The root is replaced by another directory between two checks.
func TestRootReplaced(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	other := filepath.Join(t.TempDir(), "other")
	for _, dir := range []string{root, filepath.Join(other, "e")} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	y := openTestDir(t, root, quick(), openSystem)
	y.must(os.Rename(root, root+"-aside"))
	y.must(os.Rename(other, root))
	for !y.next().Everything || y.w.State().Watched != 2 {
	}
	y.write("e/f", "x")
	y.until("e/f")
	y.waitUntilEqual()
}

func TestRootMissing(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	y := openTestDir(t, root, quick(), openSystem)
	if s := y.w.State(); s.Lost != syscall.ENOENT.Error() && runtime.GOOS != "windows" || s.Lost == "" {
		t.Errorf("%+v", s)
	}
	y.must(os.Mkdir(root, 0o777))
	for !y.next().Everything {
	}
	y.write("f", "x")
	y.until("f")
}

func TestRootIsFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if w, err := New(file, Options{}); err == nil {
		t.Error("a file is watched")
		_ = w.Close()
	}
}

func TestRootIsLink(t *testing.T) {
	dir, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	y := openTestDir(t, link, quick(), openSystem)
	y.write("d/f", "x")
	y.until("d")
	y.write("d/f", "xx")
	y.until("d/f")
	y.waitUntilEqual()
}

func TestMountsIn(t *testing.T) {
	const table = `1 0 8:1 / / rw - ext4 /dev/sda1 rw
2 1 8:2 / /mnt/my\040disk rw - ext4 /dev/sdb1 rw
3 2 8:3 / /mnt/my\040disk/photos/sub rw - ext4 /dev/sdc1 rw
4 1 0:1 / /mnt/my rw - tmpfs none rw
5 1 0:2 / /proc rw - proc none rw
short
`
	const want = `1 0 8:1 / / rw - ext4 /dev/sda1 rw
2 1 8:2 / /mnt/my\040disk rw - ext4 /dev/sdb1 rw
3 2 8:3 / /mnt/my\040disk/photos/sub rw - ext4 /dev/sdc1 rw
`
	if diff := cmp.Diff(want, mountsIn(table, "/mnt/my disk/photos")); diff != "" {
		t.Error(diff)
	}
}
