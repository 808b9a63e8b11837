package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ferry/internal/config"
)

func TestChooseKey(t *testing.T) {
	for _, c := range []struct {
		name   string
		former string // keys that the pair may have had
		has    string // keys with memory
		notes  map[string]string
		want   string
		rivals string
	}{
		{name: "a new pair", former: "path", want: "own"},
		{name: "memory of its own", former: "path", has: "own path", want: "own"},
		{name: "memory under a former key", former: "path written", has: "path", want: "path"},
		{name: "memory under the other one", former: "path written", has: "written", want: "written"},
		{name: "two of them", former: "path written", has: "path written", want: "own", rivals: "path written"},
		{name: "taken over before", has: "else", notes: map[string]string{"own": "else"}, want: "else"},
		{name: "taken over before, and the path is that of another", former: "path", has: "else path", notes: map[string]string{"own": "else"}, want: "else"},
		{name: "taken over before, and gone", former: "path", has: "path", notes: map[string]string{"own": "else"}, want: "path"},
		{name: "taken over by another id", former: "path", has: "path", notes: map[string]string{"other": "path"}, want: "own"},
		{name: "one of two is another id's", former: "path written", has: "path written", notes: map[string]string{"other": "path"}, want: "written"},
		{name: "a former key has taken over", former: "path", has: "else", notes: map[string]string{"path": "else"}, want: "else"},
		{name: "a former key has taken over the other one", former: "path written", has: "written", notes: map[string]string{"path": "written"}, want: "written"},
		{name: "memory of its own and a note", has: "own else", notes: map[string]string{"own": "else"}, want: "own"},
	} {
		got := chooseKey("own", strings.Fields(c.former), func(key string) bool { return slices.Contains(strings.Fields(c.has), key) }, c.notes)
		if got.name != c.want || got.own != "own" || strings.Join(got.rivals, " ") != c.rivals {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestCanonicalPath: all spellings of one directory have one form, and no two directories
// share one.
func TestCanonicalPath(t *testing.T) {
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
		if got := canonicalPath(filepath.Join(dir, filepath.FromSlash(c.path)), c.fold); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if root := filepath.VolumeName(dir) + string(filepath.Separator); canonicalPath(root, never) != foldName(filepath.VolumeName(dir))+string(filepath.Separator) {
		t.Errorf("the root became %s", canonicalPath(root, never))
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

// sayInto keeps what is said.
type sayInto struct{ said *[]string }

func (s sayInto) Note(format string, args ...any) {
	*s.said = append(*s.said, fmt.Sprintf(format, args...))
}
func (s sayInto) Warn(format string, args ...any) { s.Note(format, args...) }
func (s sayInto) Say(kind, message string)        { s.Note("%s%s", kind, message) }

// TestFindKey looks for memory in a state directory.
func TestFindKey(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	state, site, link := filepath.Join(dir, "state"), filepath.Join(dir, "site"), filepath.Join(dir, "link")
	for _, d := range []string{site, filepath.Join(state, "pairs")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(site, link); err != nil {
		t.Skip(err)
	}
	pair := func(local, id string) *Pair {
		p, err := config.Pair(local, "ftp://u@example.com/x", dir, dir)
		if err != nil {
			t.Fatal(err)
		}
		p.ID = id
		return &Pair{Profile: p, stateDir: state, key: findKey(state, p)}
	}
	remember := func(key string) {
		t.Helper()
		if err := os.WriteFile(recordPath(state, key), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var said []string
	o := NewOpener(Options{StateDir: state, Talk: sayInto{&said}})
	if pair(link, "").StateKey() != pair(site, "").StateKey() {
		t.Error("a link to a directory is another pair")
	}
	former := pair(link, "").StateKeys(link)[0] // as an earlier version had it
	remember(former)
	p := pair(link, "")
	if p.StateKey() != former {
		t.Error("the memory of an earlier version is not found")
	}
	if pair(site, "").StateKey() == former {
		t.Error("it is found by a path that it does not know")
	}
	if err := o.noteKey(p); err != nil || len(said) != 1 {
		t.Errorf("%v, said %q", err, said)
	}
	if err := o.noteKey(pair(link, "")); err != nil || len(said) != 1 {
		t.Errorf("%v, said again: %q", err, said)
	}
	if pair(site, "").StateKey() != former {
		t.Error("what was taken over is not found by another spelling")
	}
	it := pair(site, "it")
	if it.StateKey() != former {
		t.Error("a new id does not find the memory of the directory")
	}
	if err := o.noteKey(it); err != nil || len(said) != 2 {
		t.Errorf("%v, said %q", err, said)
	}
	if pair(site, "web").StateKey() == former {
		t.Error("the memory of one id goes to another one")
	}
	remember(pair(link, "").key.own)
	if got := pair(link, "").key; got.name != got.own {
		t.Errorf("memory of its own does not count: %+v", got)
	}
	both := pair(link, "web")
	both.key = pairKey{name: "own", own: "own", rivals: []string{"a", "b"}}
	if err := o.noteKey(both); err != nil || len(said) != 3 || !strings.Contains(said[2], "a.db and b.db") {
		t.Errorf("%v, said %q", err, said)
	}
}
