package deploy

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A memory is a site with two releases, whose state a test spoils.
type memory struct {
	*site
	next   tree // is deployed then
	others tree // what no deploy put there
	before *snapshot
	live   tree
}

const testKey = "a key of more than sixteen bytes"

func newMemory(t *testing.T, args ...string) *memory {
	s := start(t, embedded)
	s.args = append(s.args, args...)
	s.put(tree{"index.html": "first", "keep.html": "kept", "gone1.html": "first only"})
	s.put(tree{"index.html": "the second", "keep.html": "kept", "gone2.html": "second only"})
	m := &memory{site: s, others: tree{"uploads/a.jpg": "theirs", "gone1.html": "made again by somebody else"}}
	for name, content := range m.others {
		s.write(name, content)
	}
	m.before, m.live = takeSnapshot(t, s.disk), read(t, s.disk)
	m.next = tree{"index.html": "the third one", "keep.html": "kept", "new.html": "new"}
	replace(t, s.local, m.next)
	return m
}

// TestStateDamaged flips and cuts off the state at each byte. A file that no state knows is never
// deleted, and what is to be deployed is, or nothing changes.
func TestStateDamaged(t *testing.T) {
	m := newMemory(t)
	state, err := os.ReadFile(m.state())
	must(t, err)
	first := bytes.IndexByte(state, '\n') + 1
	try := func(what string, content []byte) {
		t.Helper()
		m.before.restore(t, m.own)
		must(t, os.WriteFile(m.state(), content, 0o644))
		r := m.deploy()
		switch r.code {
		case 0:
			// The state before knows gone1.html, and that somebody else has made it since.
			want := m.next.with(m.others).with(tree{"gone2.html": "second only"})
			if _, is := read(t, m.disk)["gone1.html"]; !is {
				want = want.with(tree{"gone1.html": ""})
				m.wantSaved(what, m.others["gone1.html"])
			}
			wantTree(t, what, m.disk, want)
		default:
			wantTree(t, what, m.disk, m.live)
		}
		if r.code != 0 && !bytes.HasPrefix(content, []byte("ferry-deploy")) && len(content) > first {
			t.Logf("%s: exit code %d: %s", what, r.code, r.out)
		}
		if t.Failed() {
			t.Fatalf("%s: exit code %d\n%s", what, r.code, r.out)
		}
	}
	for i := 0; i < len(state); i += every(11) {
		flipped := bytes.Clone(state)
		flipped[i] ^= 1 << (i % 8)
		try(fmt.Sprintf("byte %d of %d flipped", i, len(state)), flipped)
		try(fmt.Sprintf("cut off after %d bytes of %d", i, len(state)), state[:i])
	}
	try("with more behind it", append(bytes.Clone(state), 0))
	try("another file", []byte("<html>404</html>\n"))
}

// wantSaved checks that somewhere in the work directory is a version with this content.
func (s *site) wantSaved(what, content string) {
	s.Helper()
	for _, name := range work(s, s.disk) {
		if data, err := os.ReadFile(filepath.Join(s.disk, ".ferry", name)); err == nil && string(data) == content {
			return
		}
	}
	s.Errorf("%s: the version %s was not saved: %q", what, shorten(content), work(s, s.disk))
}

// TestStateOfAnotherKind deploys where the state is missing, older, newer, or not a state.
func TestStateOfAnotherKind(t *testing.T) {
	m := newMemory(t)
	old := filepath.Join(m.disk, ".ferry/state.old")
	stage := filepath.Join(m.disk, ".ferry/stage")
	unknown := m.next.with(m.others).with(tree{"gone2.html": "second only"})
	for _, c := range []struct {
		name  string
		spoil func() error
		code  int
		want  tree
		not   string // a content that need not be there, for it is that of the state in use
	}{
		{"it is well", func() error { return nil }, 0, m.next.with(m.others), ""},
		{"missing", func() error { return os.Remove(m.state()) }, 0, unknown, "gone1.html"},
		{"missing, and the one before", func() error { os.Remove(old); return os.Remove(m.state()) }, 0, unknown, ""},
		{"all that is ferry's is missing", func() error { return os.RemoveAll(filepath.Join(m.disk, ".ferry")) }, 0, unknown, ""},
		{"the one before is back", func() error { os.Remove(m.state()); return os.Rename(old, m.state()) }, 0, unknown, "gone1.html"},
		{"empty, and the one before", func() error { os.Truncate(old, 0); return os.Truncate(m.state(), 0) }, 0, unknown, ""},
		{"a newer version", func() error {
			data, err := os.ReadFile(m.state())
			must(t, err)
			data = bytes.Replace(data[:len(data)-sha256.Size], []byte("ferry-deploy 1"), []byte("ferry-deploy 2"), 1)
			sum := sha256.Sum256(data)
			return os.WriteFile(m.state(), append(data, sum[:]...), 0o644)
		}, 1, m.live, ""},
		{"a directory", func() error { os.Remove(m.state()); return os.MkdirAll(m.state()+"/x", 0o755) }, 1, m.live, ""},
		{"a damaged commit", func() error {
			os.MkdirAll(stage, 0o755)
			return os.WriteFile(stage+"/commit", []byte("rubbish"), 0o644)
		}, 0, m.next.with(m.others), ""},
		{"a damaged plan", func() error { os.MkdirAll(stage, 0o755); return os.WriteFile(stage+"/plan", []byte("rubbish"), 0o644) }, 0, m.next.with(m.others), ""},
		{"rubbish in the stage", func() error {
			os.MkdirAll(stage+"/s/0/dir", 0o755)
			os.WriteFile(stage+"/s/0/dir/f", []byte("rubbish"), 0o644)
			return os.WriteFile(stage+"/s/0/0-00112233445566778899aabbccddeeff-3-s1", []byte("new"), 0o644)
		}, 0, m.next.with(m.others), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m.before.restore(t, m.own)
			must(t, c.spoil())
			r := m.deploy()
			if r.code != c.code {
				t.Fatalf("exit code %d, want %d\n%s", r.code, c.code, r.out)
			}
			if _, is := read(t, m.disk)[c.not]; c.not != "" && !is {
				m.wantSaved(c.name, m.others[c.not])
				c.want = c.want.with(tree{c.not: ""})
			}
			wantTree(t, c.name, m.disk, c.want)
			if r.code == 0 {
				if again := m.deploy(); again.code != 0 || again.Uploaded != 0 {
					t.Errorf("another deploy: exit code %d, %d files sent\n%s", again.code, again.Uploaded, again.out)
				}
			}
			if t.Failed() {
				t.Log(r.out)
			}
		})
	}
}

// TestStateWithAKey deploys with the key, with another one, and without one.
func TestStateWithAKey(t *testing.T) {
	s := start(t, embedded)
	config := filepath.Join(t.TempDir(), "ferry.yaml")
	deploy := func(key string) outcome {
		more := ""
		if key != "" {
			more = "state-key: {env: STATE_KEY}"
		}
		must(t, os.WriteFile(config, fmt.Appendf(nil, "profiles:\n  site: {local: %q, remote: %q, deploy: {%s}}\n", s.local, s.url(), more), 0o644))
		s.env = map[string]string{"STATE_KEY": key}
		return s.ferry(t.TempDir(), "deploy", "site", "--config", config)
	}
	files := tree{"index.html": "first", "secret-name.html": "x"}
	replace(t, s.local, files)
	if r := deploy(testKey); r.code != 0 {
		t.Fatalf("the first deploy: %d\n%s", r.code, r.out)
	}
	state, err := os.ReadFile(s.state())
	must(t, err)
	if bytes.Contains(state, []byte("secret-name")) || !bytes.HasPrefix(state, []byte("ferry-deploy 1")) {
		t.Errorf("the state is readable: %q", state)
	}
	next := tree{"index.html": "second"}
	replace(t, s.local, next)
	for _, key := range []string{"", "another key of sixteen bytes", testKey + " "} {
		if r := deploy(key); r.code != 2 {
			t.Errorf("with the key %q: exit code %d\n%s", key, r.code, r.out)
		}
		wantTree(t, "with the key "+key, s.disk, files)
	}
	if r := deploy(testKey); r.code != 0 || r.Uploaded != 1 || r.Deleted != 1 {
		t.Errorf("with the key again: exit code %d\n%s", r.code, r.out)
	}
	wantTree(t, "with the key again", s.disk, next)
}

// TestAnotherSource deploys from another repository.
func TestAnotherSource(t *testing.T) {
	s := start(t, embedded)
	from := func(repository, number string) {
		s.env = map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": repository, "GITHUB_WORKFLOW": "w", "GITHUB_RUN_NUMBER": number, "GITHUB_SHA": "0123456789abcdef"}
	}
	files := tree{"index.html": "of a"}
	from("o/a", "5")
	s.put(files)
	from("o/b", "9")
	replace(t, s.local, tree{"index.html": "of b"})
	if r := s.deploy(); r.code != 6 {
		t.Errorf("exit code %d\n%s", r.code, r.out)
	}
	wantTree(t, "another source", s.disk, files)
	from("o/a", "4")
	if r := s.deploy(); r.code != 9 {
		t.Errorf("an older run: exit code %d\n%s", r.code, r.out)
	}
	wantTree(t, "an older run", s.disk, files)
	from("o/b", "1")
	s.put(tree{"index.html": "of b"}, "--force")
	wantTree(t, "with --force", s.disk, tree{"index.html": "of b"})
}
