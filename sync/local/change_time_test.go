package local_test

import (
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// waitForChangeTime waits until the clock of the kernel has moved on.
func waitForChangeTime(t *testing.T, h otherUser) {
	t.Helper()
	was := changeTimeOf(t, h, "clock")
	for deadline := time.Now().Add(5 * time.Second); changeTimeOf(t, h, "clock") == was; {
		if time.Now().After(deadline) {
			t.Fatal("the clock of the kernel stands still")
		}
	}
}

func changeTimeOf(t *testing.T, h otherUser, name string) int64 {
	t.Helper()
	h.Write(name, "x", fixedTime)
	defer h.Remove(name)
	d := reopen(t, h, local.Options{})
	return scan(t, d).At(manifest.Path(name)).Changed
}

// What a pass records of a file is what the next scan shows, the time of the last change
// included; an edit that keeps the time shows there.
func TestChangeTime(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not known here")
	}
	d, h := open(t, local.Options{})
	out := applyOK(t, d, put("new", fixedTime).step("f", manifest.Entry{}))[0]
	check := func(what string, said manifest.Entry, path manifest.Path) {
		t.Helper()
		if now := scan(t, d).At(path); said.Changed == 0 || now.Changed != said.Changed {
			t.Errorf("%s: changed at %d, the scan shows %d", what, said.Changed, now.Changed)
		}
	}
	check("a new file", out.Entry, "f")
	for _, trash := range []bool{false, true} {
		step := put("newer", fixedTime).step("f", scan(t, d).At("f"))
		step.Trash = trash
		check("a replaced file", applyOK(t, d, step)[0].Entry, "f")
	}
	waitForChangeTime(t, h)
	out = applyOK(t, d, sync.Step{Op: sync.Move, From: "f", Path: "g", Expect: scan(t, d).At("f")})[0]
	check("a renamed file", out.Entry, "g")

	was := scan(t, d).At("g")
	waitForChangeTime(t, h)
	h.Write("g", "NEWER", fixedTime)
	if now := scan(t, d).At("g"); now.Changed == was.Changed || !manifest.Unchanged(was, now) {
		t.Errorf("an edit that keeps the time: %+v, was %+v", now, was)
	}

	h.Write("d/f", "x", fixedTime)
	was = scan(t, d).At("d/f")
	waitForChangeTime(t, h)
	h.Rename("d", "e")
	if now := scan(t, d).At("e/f"); now != was {
		t.Errorf("a file in a renamed directory: %+v, was %+v", now, was)
	}
}

// readThrough reads f and returns what is recorded of it. between is called while the
// file is open.
func readThrough(t *testing.T, d *local.Directory, p manifest.Path, between func()) manifest.Entry {
	t.Helper()
	r := d.Reader(t.Context(), []sync.Wanted{{Path: p, Entry: scan(t, d).At(p)}})
	defer r.Close()
	src, err := r.Open(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, err := io.Copy(io.Discard, src); err != nil {
		t.Fatal(err)
	}
	between()
	entry, err := src.Confirm(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

// An edit while a file is read shows in the next scan, even if it keeps the time.
func TestEditWhileReadingKeepsTheTime(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not known here")
	}
	d, h := open(t, local.Options{})
	h.Write("f", "content", fixedTime)
	entry := readThrough(t, d, "f", func() {
		waitForChangeTime(t, h)
		f, err := os.OpenFile(h.at("f"), os.O_WRONLY, 0)
		h.must(err)
		_, err = f.WriteString("CONTENT")
		h.must(err)
		h.must(f.Close())
		h.must(os.Chtimes(h.at("f"), fixedTime, fixedTime))
	})
	if now := scan(t, d).At("f"); now.Changed == entry.Changed {
		t.Error("what was written meanwhile does not show")
	}
}
