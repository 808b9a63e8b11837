package watcher

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
)

func TestWrite(t *testing.T) {
	y := newTestDir(t, quick())
	y.write("a.txt", "1")
	if diff := cmp.Diff(Batch{Paths: []manifest.Path{"a.txt"}}, y.next()); diff != "" {
		t.Error(diff)
	}
	y.write("a.txt", "22")
	y.until("a.txt")
	y.must(os.Remove(y.disk("a.txt")))
	y.until("a.txt")
	y.waitUntilEqual()
}

// TestVim saves a file like vim: with a test file and a swap file, the old version is
// renamed, the new one written.
func TestVim(t *testing.T) {
	y := newTestDir(t, calm())
	y.write("notes/a.txt", "old")
	y.waitUntilQuiet()

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
	y.waitUntilEqual()
}

// TestAtomicSave saves a file like VS Code, gedit and ferry itself.
func TestAtomicSave(t *testing.T) {
	y := newTestDir(t, calm())
	y.write("a.txt", "old")
	y.waitUntilQuiet()
	for _, temp := range []string{"a.txt.tmp-1234", manifest.TempName(manifest.NewTempMark("0123456789abcdef", ""), false)} {
		y.write(temp, "new")
		y.must(os.Rename(y.disk(temp), y.disk("a.txt")))
		if diff := cmp.Diff(Batch{Paths: []manifest.Path{"a.txt"}}, y.next()); diff != "" {
			t.Error(diff)
		}
	}
}

// TestCheckout replaces 2,000 files like git: it removes and creates each.
func TestCheckout(t *testing.T) {
	y := newTestDir(t, Options{})
	name := func(i int) string { return fmt.Sprintf("src/%d/%d.go", i%20, i) }
	for i := range 2000 {
		y.write(name(i), "main")
	}
	y.waitUntilQuiet()
	for i := range 2000 {
		y.must(os.Remove(y.disk(name(i))))
		y.write(name(i), "branch")
	}
	y.waitUntilEqual()
	for _, p := range y.reported() {
		if _, err := os.Lstat(y.disk(string(p))); err != nil {
			t.Errorf("%s is reported and gone", p)
		}
	}
}

// TestDeep makes directories faster than they can be watched.
func TestDeep(t *testing.T) {
	notWine(t)
	y := newTestDir(t, quick())
	for i := range 200 {
		deep := fmt.Sprintf("top%d/%s", i%3, strings.Repeat(fmt.Sprintf("d%d/", i), 12))
		y.write(deep+"file", "x")
		y.write(fmt.Sprintf("top%d/d%d/file", i%3, i), "x")
	}
	y.waitUntilEqual()
	// What was made then is watched now.
	for i := range 200 {
		y.write(fmt.Sprintf("top%d/%sfile", i%3, strings.Repeat(fmt.Sprintf("d%d/", i), 12)), "changed")
	}
	y.waitUntilEqual()
}

// A directory that is moved out, in and within the tree is watched under the path it
// has now, and only under that.
func TestMoves(t *testing.T) {
	notWine(t)
	y := newTestDir(t, quick())
	out := filepath.Join(t.TempDir(), "out")
	y.write("a/b/c/file", "1")
	y.waitUntilQuiet()
	dirs := y.w.State().Watched

	y.must(os.Rename(y.disk("a/b"), out))
	y.waitUntilEqual()
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
	y.waitUntilEqual()
	y.write("back/c/file", "again")
	y.until("back/c/file")
	y.waitUntilQuiet()

	y.must(os.Rename(y.disk("back"), y.disk("a/b2")))
	y.waitUntilEqual()
	if got := y.batches[len(y.batches)-1].Paths; !slices.Equal(got, []manifest.Path{"a/b2", "back"}) {
		t.Errorf("a renamed directory is reported as %q", got)
	}
	y.waitUntilQuiet()
	y.write("a/b2/c/file", "once more")
	if diff := cmp.Diff(Batch{Paths: []manifest.Path{"a/b2/c/file"}}, y.next()); diff != "" {
		t.Error(diff)
	}
	if now := y.w.State().Watched; now != dirs {
		t.Errorf("%d directories are watched, of %d", now, dirs)
	}
}

// A move of a directory with 5,000 files is reported as two paths in one batch.
func TestMoveBig(t *testing.T) {
	notWine(t)
	y := newTestDir(t, calm())
	for i := range 5000 {
		y.write(fmt.Sprintf("photos/%d/%d.jpg", i/100, i), "x")
	}
	y.waitUntilQuiet()
	y.must(os.Mkdir(y.disk("2025"), 0o777))
	y.must(os.Rename(y.disk("photos"), y.disk("2025/photos")))
	if diff := cmp.Diff(Batch{Paths: []manifest.Path{"2025", "photos"}}, y.next()); diff != "" {
		t.Error(diff)
	}
	y.waitUntilEqual()
}

// A tree that is removed and restored is not reported while it is gone.
func TestRestore(t *testing.T) {
	o := quick()
	o.DeletionDelay = patience // the test is not to depend on how fast the disk is
	y := newTestDir(t, o)
	fill := func() {
		for i := range 500 {
			y.write(fmt.Sprintf("d/%d/%d", i%10, i), "x")
		}
	}
	fill()
	y.waitUntilQuiet()
	y.must(os.RemoveAll(y.disk("d")))
	y.write("sentinel", "")
	y.until("sentinel")
	if got := y.reported(); !slices.Equal(got, []manifest.Path{"sentinel"}) {
		t.Errorf("reported while everything was gone: %q", got)
	}
	fill()
	y.must(y.w.Close())
}

func TestCopy(t *testing.T) {
	if testing.Short() {
		t.Skip("copies 20,000 files")
	}
	y := newTestDir(t, quick())
	for i := range 20000 {
		y.write(fmt.Sprintf("copy/%d/%d/%d", i%7, i%100, i), "x")
	}
	y.waitUntilEqual()
	if n := y.w.State().Watched; n != 1+1+7+700 {
		t.Errorf("%d directories are watched", n)
	}
}

func TestForgotten(t *testing.T) {
	y := newTestDir(t, calm())
	y.write("was", "")
	y.write("replaced", "")
	y.waitUntilQuiet()
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
	if got := y.reported(); !slices.Equal(got, []manifest.Path{"replaced", "sentinel", "was"}) {
		t.Errorf("reported %q", got)
	}
}

func TestNotReported(t *testing.T) {
	o := calm()
	o.Ignore = func(p manifest.Path, dir bool) bool { return p.Base() == "node_modules" && dir || p == "secret" }
	y := newTestDir(t, o)
	outside := t.TempDir()
	y.must(os.Symlink(outside, y.disk("link")))
	y.waitUntilQuiet()
	dirs := y.w.State().Watched

	y.write("node_modules/a/b", "")
	y.write(".ferry/trash/a", "")
	y.write("secret", "")
	y.must(os.Remove(y.disk("secret")))
	y.write(manifest.TempName(manifest.NewTempMark("0123456789abcdef", ""), false), "")
	y.must(os.WriteFile(filepath.Join(outside, "x"), nil, 0o666))
	y.write("sentinel", "")
	y.until("sentinel")
	if got := y.reported(); !slices.Equal(got, []manifest.Path{"sentinel"}) {
		t.Errorf("reported %q", got)
	}
	if n := y.w.State().Watched; n != dirs {
		t.Errorf("%d directories are watched, %d before", n, dirs)
	}
}

// A directory is replaced by a link to one that has the same names. The deletion of what was in it is reported later
// than the link. A scan of such a path finds nothing: what is behind a link changes without a report.
func TestReplacedByLink(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	for _, dir := range []string{root, outside} {
		if err := os.MkdirAll(filepath.Join(dir, "d/sub/below"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	y := openTestDir(t, root, quick(), openSystem)
	y.must(os.RemoveAll(y.disk("d")))
	y.must(os.Symlink(filepath.Join(outside, "d"), y.disk("d")))
	y.waitUntilEqual()
	for _, late := range []manifest.Path{"d/sub", "d/sub/below"} {
		y.scan(late)
		if wrong := y.differences(); len(wrong) > 0 {
			t.Errorf("after a scan of %s: %q", late, wrong)
		}
	}
}

func TestNames(t *testing.T) {
	y := newTestDir(t, quick())
	y.write("d/x", "")
	y.waitUntilQuiet()
	for _, c := range []struct{ name, want string }{
		{"e\u0301te\u0301", "\u00e9t\u00e9"}, // decomposed on disk, composed in the path
		{"line\nbreak", ""},                  // reported as its directory
	} {
		if err := os.WriteFile(y.disk("d/"+c.name), nil, 0o666); err != nil {
			t.Log(err)  // not on this file system
			y.scan("d") // the mirror finds no decomposed name by its path
			continue
		}
		want := manifest.Path("d").Join(c.want)
		if diff := cmp.Diff(Batch{Paths: []manifest.Path{want}}, y.next()); diff != "" {
			t.Error(diff)
		}
	}
	y.waitUntilEqual()
}

// A write to a file that was unlinked is not reported.
func TestUnlinked(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("here an open file keeps its name")
	}
	y := newTestDir(t, calm())
	f, err := os.Create(y.disk("f"))
	y.must(err)
	defer f.Close()
	y.must(os.Remove(y.disk("f")))
	_, err = f.WriteString("x")
	y.must(err)
	y.write("sentinel", "")
	y.until("sentinel")
	if got := y.reported(); !slices.Equal(got, []manifest.Path{"sentinel"}) {
		t.Errorf("reported %q", got)
	}
}

// TestSwap exchanges two directories, so that each has the name of the other.
func TestSwap(t *testing.T) {
	notWine(t)
	y := newTestDir(t, quick())
	y.write("a/in/f", "a")
	y.write("b/in/f", "b")
	y.waitUntilEqual()
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
	y.waitUntilEqual()
	// A directory below what has its own name.
	y.must(os.Rename(y.disk("a"), y.disk("c")))
	y.must(os.Mkdir(y.disk("a"), 0o777))
	y.must(os.Rename(y.disk("c"), y.disk("a/x")))
	y.waitUntilEqual()
	y.write("a/x/in/f", "deeper")
	y.until("a/x/in/f")
}

func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("root reads everything, and Windows has no modes")
	}
	y := newTestDir(t, quick())
	y.write("d/f", "1")
	y.waitUntilEqual()
	y.must(os.Mkdir(y.disk("shut"), 0))
	y.until("shut")
	if s := y.w.State(); s.Unreadable != 1 {
		t.Errorf("%+v", s)
	}
	y.must(os.Chmod(y.disk("shut"), 0o777))
	y.write("shut/f", "1")
	y.waitUntilEqual()
	y.write("shut/f", "22")
	y.waitUntilEqual()
	if s := y.w.State(); s.Unreadable != 0 {
		t.Errorf("%+v", s)
	}
}
