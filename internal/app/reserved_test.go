package app

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ferry/internal/config"
	"ferry/internal/reserved"
	"ferry/manifest"
	"ferry/sync"
)

// pairIn returns a pair whose local root is root below a new directory, with the files
// that are named there; "a -> b" makes a link. obeyed and the state directory are
// relative to the same directory.
func pairIn(t *testing.T, root, stateDir string, files []string, obeyed ...string) (*Pair, error) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range files {
		name, target, isLink := strings.Cut(name, " -> ")
		at := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(at), 0o755)
		switch {
		case err != nil:
		case isLink:
			err = os.Symlink(target, at)
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(at, 0o755)
		default:
			err = os.WriteFile(at, []byte("x"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p := &Pair{Profile: config.NewProfile("it")}
	p.Local = filepath.Join(dir, root)
	if stateDir != "" {
		p.stateDir = filepath.Join(dir, stateDir)
	}
	for _, name := range obeyed {
		p.obeyed = append(p.obeyed, filepath.Join(dir, name))
	}
	return p, nil
}

// TestReserved checks which paths never travel, however they are reached or spelled.
func TestReserved(t *testing.T) {
	for _, c := range []struct {
		name        string
		files       []string
		root, state string
		obeyed      string
		links       bool
		never       []string
		travels     []string
	}{
		{
			name: "beside the root", root: "r", state: "state", obeyed: "ferry.yaml", files: []string{"r/", "ferry.yaml"},
			never: []string{".ferryignore", ".ferry", "a/.ferry/x", ".FERRYIGNORE"}, travels: []string{"ferry.yaml", "a/.ferryignore", "state", "a"},
		},
		{
			name: "in the root", root: ".", state: "x/state", obeyed: "ferry.yaml", files: []string{"ferry.yaml"},
			never:   []string{"ferry.yaml", "FERRY.yaml", "fer\u200cry.yaml", "x/state", "x/state/pairs/a.db", "X/State/trust"},
			travels: []string{"a/ferry.yaml", "ferry.yaml.bak", "x", "x/states"},
		},
		{
			name: "with letters that have two forms", root: ".", obeyed: "e\u0301te\u0301.yaml", files: []string{"e\u0301te\u0301.yaml"},
			never: []string{"été.yaml", "ÉTÉ.yaml"}, travels: []string{"ete.yaml"},
		},
		{
			name: "a link in the root to a file in it", root: ".", obeyed: "one.yaml", files: []string{"conf/two.yaml", "one.yaml -> conf/two.yaml"},
			never: []string{"one.yaml", "conf/two.yaml"}, travels: []string{"conf", "conf/one.yaml"},
		},
		{
			name: "a link beside the root to a link into it", root: "r", obeyed: "a.yaml", files: []string{"r/c.yaml", "b.yaml -> r/c.yaml", "a.yaml -> b.yaml"},
			never: []string{"c.yaml"}, travels: []string{"a.yaml", "b.yaml"},
		},
		{
			name: "a root behind a link", root: "link", obeyed: "r/ferry.yaml", files: []string{"r/ferry.yaml", "link -> r"},
			never: []string{"ferry.yaml"},
		},
		{
			name: "a file behind a link to the root", root: "r", obeyed: "link/ferry.yaml", files: []string{"r/ferry.yaml", "link -> r"},
			never: []string{"ferry.yaml"},
		},
		{
			name: "links that lead round in a circle", root: ".", obeyed: "a.yaml", files: []string{"a.yaml -> b.yaml", "b.yaml -> a.yaml"},
			never: []string{"a.yaml", "b.yaml"},
		},
		{
			name: "a directory behind a link that is followed", root: ".", obeyed: "real/ferry.yaml", links: true, files: []string{"real/ferry.yaml", "dir -> real"},
			never: []string{"real/ferry.yaml", "dir/ferry.yaml"}, travels: []string{"dir", "dir/x", "other/ferry.yaml"},
		},
		{
			name: "a state directory that is not there yet", root: ".", state: "a/b/state",
			never: []string{"a/b/state", "a/b/state/x"}, travels: []string{"a/b"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.Contains(strings.Join(c.files, " "), "->") {
				t.Skip("making links needs rights on this system")
			}
			p, err := pairIn(t, c.root, c.state, c.files, c.obeyed)
			if err != nil {
				t.Fatal(err)
			}
			p.FollowLinks = c.links
			// No rule takes them in.
			if err := p.ReadRules("", []string{"!*", "!**/*", "!.ferry"}); err != nil {
				t.Fatal(err)
			}
			for _, path := range c.never {
				if !p.ignored(manifest.Path(path), false) || !p.ignored(manifest.Path(path), true) || path != manifest.Own && !p.leftOut(manifest.Path(path)) {
					t.Errorf("%q travels; reserved are %q", path, p.Reserved.Paths)
				}
			}
			for _, path := range c.travels {
				if p.ignored(manifest.Path(path), false) || p.leftOut(manifest.Path(path)) {
					t.Errorf("%q does not travel; reserved are %q", path, p.Reserved.Paths)
				}
			}
		})
	}
}

// TestProgramsOfHooksNeverTravel checks that the server cannot change a program that a
// hook names, and that the data which a hook names travels.
func TestProgramsOfHooksNeverTravel(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("what can be executed is told by its name")
	}
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"check": 0o755, "tools/purge": 0o755, "pass": 0o700, "merge.sh": 0o755, "index.html": 0o644, "idle": 0o755} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	text := `profiles:
  site:
    local: .
    remote: ftp://host/x
    password: {command: "./pass show"}
    merge-tool: ./merge.sh "$LOCAL"
    hooks: {before: "[ -f index.html ] && ./check --fast|cat", after: "sh 'tools/purge' .", on-error: "https://host/check"}
`
	file := filepath.Join(dir, "ferry.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	pairs, err := Workspace{Dir: dir, Home: filepath.Join(dir, "home"), ConfigFile: file}.Pairs(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := pairs[0]
	if err := p.ReadRules("", nil); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[manifest.Path]bool{
		"check": true, "tools/purge": true, "pass": true, "merge.sh": true, "index.html": false, "idle": false, "tools": false, "ferry.yaml": true,
	} {
		if got := p.ignored(path, false); got != want {
			t.Errorf("%s: %v; reserved are %q", path, got, p.Reserved.Paths)
		}
	}
}

func TestReservedPins(t *testing.T) {
	r := &reserved.Set{Paths: []manifest.Path{"a/conf/ferry.yaml"}}
	for dir, want := range map[manifest.Path]bool{"a": true, "a/conf": true, "A/Conf": true, "a/b": false, "b": false} {
		if got := r.Pins(dir); got != want {
			t.Errorf("Pins(%q) = %v", dir, got)
		}
	}
	if (*reserved.Set)(nil).Pins("a") || (*reserved.Set)(nil).Match("a") || !(*reserved.Set)(nil).Match(".ferry/x") {
		t.Error("where nothing is reserved, only ferry's own directories are")
	}
}

// TestRootInStateDir checks that no pass works on the directory in which ferry remembers
// things.
func TestRootInStateDir(t *testing.T) {
	for _, root := range []string{"state", "state/pairs", "link"} {
		files := []string{"state/pairs/"}
		if root == "link" {
			if runtime.GOOS == "windows" {
				continue
			}
			files = append(files, "link -> state")
		}
		p, _ := pairIn(t, root, "state", files)
		if err := p.ReadRules("", nil); ExitCode(err) != ExitUsage {
			t.Errorf("%s: %v", root, err)
		}
	}
}

// TestPushLeavesConfigurationsOut checks that a push sends a ferry.yaml only where a
// rule of the user takes it in.
func TestPushLeavesConfigurationsOut(t *testing.T) {
	for _, c := range []struct {
		direction sync.Direction
		profile   string
		option    []string
		want      bool // travels
	}{
		{sync.Both, "", nil, true},
		{sync.Pull, "", nil, true},
		{sync.Push, "", nil, false},
		{sync.Push, "!ferry.yaml", nil, true},
		{sync.Push, "", []string{"!sub/ferry.yaml"}, true},
	} {
		p, _ := pairIn(t, "r", "state", []string{"r/.ferryignore"})
		if err := os.WriteFile(filepath.Join(p.Local, ignoreFileName), []byte("!ferry.yaml\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p.Direction, p.Ignore = c.direction, c.profile
		if err := p.ReadRules("", c.option); err != nil {
			t.Fatal(err)
		}
		if got := !p.ignored("sub/ferry.yaml", false); got != c.want {
			t.Errorf("%v: %v", c, got)
		}
	}
}
