package local_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// mountSmallDisk mounts a file system of one mebibyte at the root.
func mountSmallDisk(t *testing.T, h otherUser) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	if err := unix.Mount("small", h.root, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(h.root, unix.MNT_DETACH) })
}

func TestFullDisk(t *testing.T) {
	d, h := open(t, local.Options{})
	mountSmallDisk(t, h)
	if _, err := d.Root(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	h.Write("f", "old", fixedTime)
	was := scan(t, d).At("f")
	opened := false
	large := put(randomText(2<<20), fixedTime)
	large.onOpen = func(int64) { opened = true }
	wantFailure(t, d, sync.ErrFull, large.step("f", was))
	if opened {
		t.Error("the source was opened although the disk has no room")
	}
	step := large.step("f", was)
	step.Want.Size = 100 // the source is larger than announced
	wantFailure(t, d, sync.ErrFull, step)
	h.wantContent("f", "old")
	h.wantFiles("f")
	applyOK(t, d, put("new", fixedTime).step("f", was))
	h.wantContent("f", "new")
}

// An unmounted disk leaves an empty directory, which must not be taken for a root
// whose files were all deleted.
func TestUnmountedDisk(t *testing.T) {
	d, h := open(t, local.Options{})
	mountSmallDisk(t, h)
	if _, err := d.Root(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	h.Write("f", "x", fixedTime)
	tree := scan(t, d)
	if err := unix.Unmount(h.root, unix.MNT_DETACH); err != nil {
		t.Fatal(err)
	}
	if tree, err := d.Scan(t.Context(), sync.Look{}); !errors.Is(err, sync.ErrFatal) {
		t.Errorf("a scan shows %v and %v, want ErrFatal", kinds(tree), err)
	}
	if err := d.Gone(t.Context(), []manifest.Path{"f"}, []manifest.Entry{tree.At("f")})[0]; !errors.Is(err, sync.ErrFatal) {
		t.Errorf("Gone: %v, want ErrFatal", err)
	}
	wantFailure(t, d, sync.ErrFatal, sync.Step{Op: sync.Remove, Path: "f", Expect: tree.At("f")})
	wantFailure(t, d, sync.ErrFatal, put("x", fixedTime).step("g", manifest.Entry{}))
	h.wantFiles()
}

// Another process may be writing a temporary file.
func TestTempFileInUse(t *testing.T) {
	d, h := open(t, local.Options{})
	c := breakPut(t, d, h)
	temp := h.List()[0]
	f, err := os.Open(h.at(temp))
	h.must(err)
	defer f.Close()
	h.must(unix.Flock(int(f.Fd()), unix.LOCK_EX))
	h.must(os.Chtimes(h.at(temp), fixedTime, fixedTime))
	scan(t, d)
	h.must(d.Sweep(t.Context(), sync.Sweep{Whole: true}))
	h.wantFiles(temp)
	h.must(os.Chtimes(h.at(temp), time.Now(), time.Now()))
	c.onOpen = func(offset int64) {
		if offset != 0 {
			t.Errorf("opened at %d, want 0: somebody else is writing", offset)
		}
	}
	applyOK(t, d, c.step("f", manifest.Entry{}))
	h.wantContent("f", c.text)
	h.wantFiles(temp, "f")
	h.must(os.Chtimes(h.at(temp), fixedTime, fixedTime))
	h.must(f.Close())
	scan(t, d)
	h.must(d.Sweep(t.Context(), sync.Sweep{Whole: true}))
	h.wantFiles("f")
}
