package canonical

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestPath: all spellings of one directory have one form, and no two directories
// share one.
func TestPath(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Proj", "other/sub", "123"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "Proj"), filepath.Join(dir, "link")); err != nil {
		t.Skip(err) // Windows without the right
	}
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	never := func(string, string) bool { return false }
	below := func(parent, _ string) bool { return strings.HasPrefix(parent, dir) } // of the test's own names
	low := func(name string) string { return filepath.Join(dir, strings.ToLower(name)) }
	for _, c := range []struct {
		name string
		path string
		fold func(string, string) bool
		want string
	}{
		{"as it is", "Proj", never, filepath.Join(dir, "Proj")},
		{"through a link", "link", never, filepath.Join(dir, "Proj")},
		{"below a link, not there yet", "link/New/x", never, filepath.Join(dir, "Proj/New/x")},
		{"a link to nothing", "dangling", never, filepath.Join(dir, "dangling")},
		{"a link to itself", "loop", never, filepath.Join(dir, "loop")},
		{"case makes no difference", "Proj", below, low("proj")},
		{"through a link, and case makes no difference", "link", below, low("proj")},
		{"not there yet, and case makes no difference", "Proj/New", below, low("proj/new")},
		{"no letters", "123", below, low("123")},
		{"no letters, and below them", "123/New", func(parent, name string) bool { return false }, filepath.Join(dir, "123/New")},
	} {
		if got := pathOn(filepath.Join(dir, filepath.FromSlash(c.path)), c.fold); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if root := filepath.VolumeName(dir) + string(filepath.Separator); pathOn(root, never) != foldName(filepath.VolumeName(dir))+string(filepath.Separator) {
		t.Errorf("the root became %s", pathOn(root, never))
	}
}

// TestFoldsCase asks the file system of this machine.
func TestFoldsCase(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "Straße"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := os.Stat(filepath.Join(dir, "sTRAßE"))
	if got, want := foldsCase(dir, "Straße"), err == nil; got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if runtime.GOOS == "linux" { // two directories are not one, and neither is a link
		if err := os.Mkdir(filepath.Join(dir, "sTRAßE"), 0o755); err == nil && foldsCase(dir, "Straße") {
			t.Error("two directories are taken for one")
		}
		if err := errors.Join(os.Mkdir(filepath.Join(dir, "a"), 0o755), os.Symlink("a", filepath.Join(dir, "A"))); err == nil && foldsCase(dir, "a") {
			t.Error("a link is taken for the directory")
		}
	}
}
