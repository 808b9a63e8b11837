package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write makes a file with the directories above it.
func write(t *testing.T, text string, path ...string) string {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// env is an environment of the given names and values.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	start := filepath.Join(dir, "a", "b", "c")
	xdg := filepath.Join(dir, "xdg")
	if err := os.MkdirAll(filepath.Join(start, FileName), 0o755); err != nil {
		t.Fatal(err) // a directory of this name is not it
	}
	find := func() (string, bool, error) { return Find(start, dir, env("XDG_CONFIG_HOME", xdg, "AppData", xdg)) }

	_, _, err := find()
	if !errors.Is(err, ErrNoFile) || !strings.Contains(Hint(err), "ferry init") {
		t.Errorf("nothing there: %v, %q", err, Hint(err))
	}
	for _, parts := range [][]string{ // each next one counts before those above
		{xdg, "ferry", FileName},
		{dir, FileName},
		{dir, "a", "b", FileName},
	} {
		path := write(t, "", parts...)
		if got, own, err := find(); err != nil || got != path || own != (parts[0] == xdg) {
			t.Errorf("found %s, %v, %v, want %s", got, own, err, path)
		}
	}
}

func TestUserDirs(t *testing.T) {
	home, xdg := abs("/home/u"), abs("/xdg")
	config := filepath.Join(home, ".config")
	for _, c := range []struct {
		goos   string
		home   string
		getenv func(string) string
		want   []string
	}{
		{"linux", home, env(), []string{config}},
		{"linux", home, env("XDG_CONFIG_HOME", xdg), []string{xdg}},
		{"linux", home, env("XDG_CONFIG_HOME", "relative"), []string{config}},
		{"linux", "", env(), nil},
		{"darwin", home, env(), []string{filepath.Join(home, "Library", "Application Support"), config}},
		{"windows", home, env("AppData", `C:\x`), []string{`C:\x`}},
		{"windows", home, env(), nil},
	} {
		if diff := cmp.Diff(c.want, userDirs(c.goos, c.home, c.getenv)); diff != "" {
			t.Errorf("%s: %s", c.goos, diff)
		}
	}
}
