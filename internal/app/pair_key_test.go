package app

import (
	"fmt"
	"os"
	"path/filepath"
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
