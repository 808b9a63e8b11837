package watcher

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
)

func TestWrite(t *testing.T) {
	y := newYard(t, quick())
	y.write("a.txt", "1")
	if diff := cmp.Diff(Batch{Paths: []manifest.Path{"a.txt"}}, y.next()); diff != "" {
		t.Error(diff)
	}
	y.write("a.txt", "22")
	y.until("a.txt")
	y.must(os.Remove(y.disk("a.txt")))
	y.until("a.txt")
	y.settle()
}

// TestVim saves as vim does: a test file, a swap file, the old version moved
// aside, the new one written.
func TestVim(t *testing.T) {
	y := newYard(t, calm())
	y.write("notes/a.txt", "old")
	y.rest()

	y.write("notes/.a.txt.swp", "swap")
	y.write("notes/4913", "")
	y.must(os.Remove(y.disk("notes/4913")))
	y.must(os.Rename(y.disk("notes/a.txt"), y.disk("notes/a.txt~")))
	y.write("notes/a.txt", "new")
	y.must(os.Remove(y.disk("notes/a.txt~")))
	y.must(os.Remove(y.disk("notes/.a.txt.swp")))
	if diff := cmp.Diff(Batch{Paths: []manifest.Path{"notes/a.txt"}}, y.next()); diff != "" {
		t.Error(diff)
	}
	y.settle()
}

// TestAtomicSave saves as VS Code, gedit and ferry itself do.
func TestAtomicSave(t *testing.T) {
	y := newYard(t, calm())
	y.write("a.txt", "old")
	y.rest()
	for _, temp := range []string{"a.txt.tmp-1234", manifest.TempName("0123456789abcdef", "a.txt", false)} {
		y.write(temp, "new")
		y.must(os.Rename(y.disk(temp), y.disk("a.txt")))
		if diff := cmp.Diff(Batch{Paths: []manifest.Path{"a.txt"}}, y.next()); diff != "" {
			t.Error(diff)
		}
	}
}

// TestCheckout replaces 2,000 files as git does, by removing and creating each.
func TestCheckout(t *testing.T) {
	y := newYard(t, Options{})
	name := func(i int) string { return fmt.Sprintf("src/%d/%d.go", i%20, i) }
	for i := range 2000 {
		y.write(name(i), "main")
	}
	y.rest()
	for i := range 2000 {
		y.must(os.Remove(y.disk(name(i))))
		y.write(name(i), "branch")
	}
	y.settle()
	for _, p := range y.told() {
		if _, err := os.Lstat(y.disk(string(p))); err != nil {
			t.Errorf("%s is reported and gone", p)
		}
	}
}

// TestDeep makes directories faster than they can be watched.
func TestDeep(t *testing.T) {
	y := newYard(t, quick())
	for i := range 200 {
		deep := fmt.Sprintf("top%d/%s", i%3, strings.Repeat(fmt.Sprintf("d%d/", i), 12))
		y.write(deep+"file", "x")
		y.write(fmt.Sprintf("top%d/d%d/file", i%3, i), "x")
	}
	y.settle()
	// What was made then is watched now.
	for i := range 200 {
		y.write(fmt.Sprintf("top%d/%sfile", i%3, strings.Repeat(fmt.Sprintf("d%d/", i), 12)), "changed")
	}
	y.settle()
}

// TestMoves moves a directory out, in, and about, and holds that it is watched
// under the name it has, and only under that.
func TestMoves(t *testing.T) {
	y := newYard(t, quick())
	out := filepath.Join(t.TempDir(), "out")
	y.write("a/b/c/file", "1")
	y.rest()
	dirs := y.w.State().Watched

	y.must(os.Rename(y.disk("a/b"), out))
	y.settle()
	if now := y.w.State().Watched; now != dirs-2 {
		t.Errorf("%d directories are watched after two of %d left", now, dirs)
	}
	y.must(os.WriteFile(filepath.Join(out, "c/file"), []byte("while away"), 0o666))
	y.write("a/sentinel", "")
	for _, p := range y.next().Paths {
		if p.Within("a/b") {
			t.Errorf("%s is reported after it left", p)
		}
	}

	y.must(os.Rename(out, y.disk("back")))
	y.settle()
	y.write("back/c/file", "again")
	y.until("back/c/file")
	y.rest()

	y.must(os.Rename(y.disk("back"), y.disk("a/b2")))
	y.settle()
	if told := y.batches[len(y.batches)-1].Paths; !slices.Equal(told, []manifest.Path{"a/b2", "back"}) {
		t.Errorf("a renamed directory is reported as %q", told)
	}
	y.rest()
	y.write("a/b2/c/file", "once more")
	if diff := cmp.Diff(Batch{Paths: []manifest.Path{"a/b2/c/file"}}, y.next()); diff != "" {
		t.Error(diff)
	}
	if now := y.w.State().Watched; now != dirs {
		t.Errorf("%d directories are watched, of %d", now, dirs)
	}
}

// TestMoveBig moves a directory of 5,000 files: two paths, in one batch.
func TestMoveBig(t *testing.T) {
	y := newYard(t, calm())
	for i := range 5000 {
		y.write(fmt.Sprintf("photos/%d/%d.jpg", i/100, i), "x")
	}
	y.rest()
	y.must(os.Mkdir(y.disk("2025"), 0o777))
	y.must(os.Rename(y.disk("photos"), y.disk("2025/photos")))
	if diff := cmp.Diff(Batch{Paths: []manifest.Path{"2025", "photos"}}, y.next()); diff != "" {
		t.Error(diff)
	}
	y.settle()
}

// TestRestore removes a tree and puts it back: nobody is told to look while it is
// gone.
func TestRestore(t *testing.T) {
	o := quick()
	o.Hold = patience // the test is not to depend on how fast the disk is
	y := newYard(t, o)
	fill := func() {
		for i := range 500 {
			y.write(fmt.Sprintf("d/%d/%d", i%10, i), "x")
		}
	}
	fill()
	y.rest()
	y.must(os.RemoveAll(y.disk("d")))
	y.write("sentinel", "")
	y.until("sentinel")
	if told := y.told(); !slices.Equal(told, []manifest.Path{"sentinel"}) {
		t.Errorf("told while all was gone: %q", told)
	}
	fill()
	y.must(y.w.Close())
}

func TestCopy(t *testing.T) {
	if testing.Short() {
		t.Skip("copies 20,000 files")
	}
	y := newYard(t, quick())
	for i := range 20000 {
		y.write(fmt.Sprintf("copy/%d/%d/%d", i%7, i%100, i), "x")
	}
	y.settle()
	if n := y.w.State().Watched; n != 1+1+7+700 {
		t.Errorf("%d directories are watched", n)
	}
}

func TestForgotten(t *testing.T) {
	y := newYard(t, calm())
	y.write("was", "")
	y.write("replaced", "")
	y.rest()
	y.write("lock", "")
	y.write("build/tmp/x", "")
	y.must(os.Remove(y.disk("lock")))
	y.must(os.RemoveAll(y.disk("build")))
	y.must(os.Remove(y.disk("was")))
	y.write("other", "")
	y.must(os.Rename(y.disk("other"), y.disk("replaced")))
	y.must(os.Remove(y.disk("replaced")))
	y.write("sentinel", "")
	y.until("sentinel")
	if told := y.told(); !slices.Equal(told, []manifest.Path{"replaced", "sentinel", "was"}) {
		t.Errorf("told: %q", told)
	}
}

func TestNotReported(t *testing.T) {
	o := calm()
	o.Ignore = func(p manifest.Path, dir bool) bool { return p.Base() == "node_modules" && dir || p == "secret" }
	y := newYard(t, o)
	outside := t.TempDir()
	y.must(os.Symlink(outside, y.disk("link")))
	y.rest()
	dirs := y.w.State().Watched

	y.write("node_modules/a/b", "")
	y.write(".ferry/trash/a", "")
	y.write("secret", "")
	y.must(os.Remove(y.disk("secret")))
	y.write(manifest.TempName("0123456789abcdef", "a", false), "")
	y.must(os.WriteFile(filepath.Join(outside, "x"), nil, 0o666))
	y.write("sentinel", "")
	y.until("sentinel")
	if told := y.told(); !slices.Equal(told, []manifest.Path{"sentinel"}) {
		t.Errorf("told: %q", told)
	}
	if n := y.w.State().Watched; n != dirs {
		t.Errorf("%d directories are watched, %d before", n, dirs)
	}
}

func TestNames(t *testing.T) {
	y := newYard(t, quick())
	y.write("d/x", "")
	y.rest()
	for _, c := range []struct{ name, want string }{
		{"e\u0301te\u0301", "\u00e9t\u00e9"}, // decomposed on disk, composed in the path
		{"line\nbreak", ""},                  // reported as its directory
	} {
		if err := os.WriteFile(y.disk("d/"+c.name), nil, 0o666); err != nil {
			t.Log(err) // not on this file system
			continue
		}
		want := manifest.Path("d").Join(c.want)
		if diff := cmp.Diff(Batch{Paths: []manifest.Path{want}}, y.next()); diff != "" {
			t.Error(diff)
		}
	}
	y.settle()
}

// TestUnlinked writes to a file that has no name any more: that brings nothing
// back.
func TestUnlinked(t *testing.T) {
	y := newYard(t, calm())
	f, err := os.Create(y.disk("f"))
	y.must(err)
	defer f.Close()
	y.must(os.Remove(y.disk("f")))
	_, err = f.WriteString("x")
	y.must(err)
	y.write("sentinel", "")
	y.until("sentinel")
	if told := y.told(); !slices.Equal(told, []manifest.Path{"sentinel"}) {
		t.Errorf("told: %q", told)
	}
}

// TestSwap exchanges two directories, so that each has the name of the other.
func TestSwap(t *testing.T) {
	y := newYard(t, quick())
	y.write("a/in/f", "a")
	y.write("b/in/f", "b")
	y.settle()
	for range 50 {
		y.must(os.Rename(y.disk("a"), y.disk("c")))
		y.must(os.Rename(y.disk("b"), y.disk("a")))
		y.must(os.Rename(y.disk("c"), y.disk("b")))
	}
	y.until("a")
	for _, p := range []string{"a/in/f", "b/in/f"} {
		y.write(p, "changed "+p)
		y.until(manifest.Path(p))
	}
	y.settle()
	// A directory below what has its own name.
	y.must(os.Rename(y.disk("a"), y.disk("c")))
	y.must(os.Mkdir(y.disk("a"), 0o777))
	y.must(os.Rename(y.disk("c"), y.disk("a/x")))
	y.settle()
	y.write("a/x/in/f", "deeper")
	y.until("a/x/in/f")
}

func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	y := newYard(t, quick())
	y.write("d/f", "1")
	y.settle()
	y.must(os.Mkdir(y.disk("shut"), 0))
	y.until("shut")
	if s := y.w.State(); s.Unreadable != 1 {
		t.Errorf("%+v", s)
	}
	y.must(os.Chmod(y.disk("shut"), 0o777))
	y.write("shut/f", "1")
	y.settle()
	y.write("shut/f", "22")
	y.settle()
	if s := y.w.State(); s.Unreadable != 0 {
		t.Errorf("%+v", s)
	}
}
