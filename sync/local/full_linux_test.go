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

// small puts a disk of one mebibyte in the place of the root.
func small(t *testing.T, h hands) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a small disk")
	}
	if err := unix.Mount("small", h.root, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no small disk to be had: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(h.root, unix.MNT_DETACH) })
}

func TestFullDisk(t *testing.T) {
	d, h := open(t, local.Options{})
	small(t, h)
	if _, err := d.Root(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	h.Write("f", "old", then)
	was := scan(t, d).At("f")
	opened := false
	large := put(random(2<<20), then)
	large.at = func(int64) { opened = true }
	fails(t, d, sync.ErrFull, large.step("f", was))
	if opened {
		t.Error("the source was opened although the disk has no room")
	}
	step := large.step("f", was)
	step.Want.Size = 100 // larger than it said
	fails(t, d, sync.ErrFull, step)
	h.reads("f", "old")
	h.lists("f")
	ok(t, d, put("new", then).step("f", was))
	h.reads("f", "new")
}

// A disk that is taken away leaves an empty directory behind, which must not
// look like a root that lost everything.
func TestDiskTakenAway(t *testing.T) {
	d, h := open(t, local.Options{})
	small(t, h)
	if _, err := d.Root(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	h.Write("f", "x", then)
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
	fails(t, d, sync.ErrFatal, sync.Step{Op: sync.Remove, Path: "f", Expect: tree.At("f")})
	fails(t, d, sync.ErrFatal, put("x", then).step("g", manifest.Entry{}))
	h.lists()
}

// Somebody else may be writing a half-written file.
func TestHalfWrittenFileInUse(t *testing.T) {
	d, h := open(t, local.Options{})
	c := broken(t, d, h)
	temp := h.List()[0]
	f, err := os.Open(h.at(temp))
	h.must(err)
	defer f.Close()
	h.must(unix.Flock(int(f.Fd()), unix.LOCK_EX))
	h.must(os.Chtimes(h.at(temp), then, then))
	scan(t, d)
	h.must(d.Tidy(t.Context()))
	h.lists(temp)
	h.must(os.Chtimes(h.at(temp), time.Now(), time.Now()))
	c.at = func(offset int64) {
		if offset != 0 {
			t.Errorf("opened at %d, want 0: somebody else is writing", offset)
		}
	}
	ok(t, d, c.step("f", manifest.Entry{}))
	h.reads("f", c.text)
	h.lists(temp, "f")
	h.must(os.Chtimes(h.at(temp), then, then))
	h.must(f.Close())
	scan(t, d)
	h.must(d.Tidy(t.Context()))
	h.lists("f")
}
