package app

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"ferry/internal/config"
	"ferry/internal/text"
)

func TestJudgeTrust(t *testing.T) {
	record := func(sum string) TrustRecord { return TrustRecord{Path: "/x", Sum: sum} }
	for _, c := range []struct {
		name     string
		record   TrustRecord
		known    bool
		recorded bool
		want     trustVerdict
	}{
		{"never seen", TrustRecord{}, false, false, trustNever},
		{"trusted", record("sum"), true, false, trustGiven},
		{"another content is trusted", record("other"), true, false, trustChanged},
		{"another content is trusted, and passes were made", record("other"), true, true, trustChanged},
		{"revoked", record(""), true, false, trustRevoked},
		{"revoked, and passes were made", record(""), true, true, trustRevoked},
		{"passes were made before there was trust", TrustRecord{}, false, true, trustTakeOver},
		{"a damaged record", TrustRecord{}, true, true, trustRevoked},
	} {
		if got := judgeTrust(c.record, c.known, "sum", c.recorded); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if judgeTrust(record(""), true, "", false) == trustGiven {
		t.Error("no sum is trusted")
	}
}

func TestTrustStore(t *testing.T) {
	store := TrustStore{Dir: filepath.Join(t.TempDir(), "state", "trust")}
	if all, err := store.All(); err != nil || len(all) > 0 {
		t.Errorf("%v, %v", all, err)
	}
	for _, path := range []string{"/b/ferry.yaml", "/a/ferry.yaml"} {
		if err := store.Set(path, "sum of "+path, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Set("/b/ferry.yaml", "", time.Now()); err != nil {
		t.Fatal(err)
	}
	all, err := store.All()
	if err != nil || len(all) != 1 || all[0].Path != "/a/ferry.yaml" {
		t.Errorf("%v, %v", all, err)
	}
	if r, known, err := store.Lookup("/b/ferry.yaml"); err != nil || !known || r.Sum != "" {
		t.Errorf("revoked: %v, %v, %v", r, known, err)
	}
	if _, known, err := store.Lookup("/c/ferry.yaml"); err != nil || known {
		t.Errorf("unknown: %v, %v", known, err)
	}
	file := store.File("/a/ferry.yaml")
	if runtime.GOOS != "windows" {
		for name, want := range map[string]os.FileMode{file: 0o600, store.Dir: 0o700} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}
	// A record in the place of another one, or a damaged one, trusts nothing.
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"/c/ferry.yaml": text, "/a/ferry.yaml": text[:10]} {
		if err := os.WriteFile(store.File(name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if r, known, err := store.Lookup(name); err != nil || !known || r.Sum != "" {
			t.Errorf("%s: %v, %v, %v", name, r, known, err)
		}
	}
}

// TestTrustIsAskedForOnce checks the question: once for a content, again after a change,
// and no act without a yes.
func TestTrustIsAskedForOnce(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ferry.yaml")
	put := func(more string) {
		t.Helper()
		text := "profiles: {site: {local: ., remote: ftp://host/x, password: {command: 'echo x'}" + more + "}}"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	answer, asked := false, ""
	w := Workspace{Dir: dir, Home: filepath.Join(dir, "home"), Confirm: func(question string) (bool, error) {
		asked += question
		return answer, nil
	}}
	ask := func(want bool, question string) {
		t.Helper()
		asked = ""
		_, err := w.Config()
		if (err == nil) != want || !strings.Contains(asked, question) || question == "" && asked != "" || strings.Contains(asked, "\n") {
			t.Errorf("%v, asked %q, want %v, %q", err, asked, want, question)
		}
		if err != nil && (ExitCode(err) != ExitUsage || !strings.Contains(Hint(err), "ferry trust "+text.ShellWord(file))) {
			t.Errorf("exit %d, %v (%s)", ExitCode(err), err, Hint(err))
		}
	}
	put("")
	ask(false, "is not trusted yet. It connects to host and runs commands. Trust it?")
	answer = true
	ask(true, "is not trusted yet")
	answer = false
	ask(true, "")
	put(", direction: push")
	ask(false, "has changed since you trusted it")
	w.Confirm = nil
	ask(false, "")
	if _, err := w.TrustFile(""); err != nil {
		t.Error(err)
	}
	ask(true, "")
	if _, was, err := w.RevokeTrust(""); err != nil || !was {
		t.Errorf("%v, %v", was, err)
	}
	ask(false, "")
	w.Confirm = func(string) (bool, error) { return false, errors.New("interrupted") }
	if _, err := w.Config(); err == nil || err.Error() != "interrupted" {
		t.Error(err)
	}

	// What an option names, and what is in the user's own directory, is trusted.
	w.Confirm = nil
	w.ConfigFile = file
	ask(true, "")
	w.ConfigFile = ""
	own := filepath.Join(w.Home, ".config", "ferry", "ferry.yaml")
	if runtime.GOOS == "windows" {
		return
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(own), 0o755), os.Rename(file, own)); err != nil {
		t.Fatal(err)
	}
	ask(true, "")
}

// TestTrustIsTakenOver checks that a configuration of which every pair has a record is
// taken over once, and not after trust was taken back.
func TestTrustIsTakenOver(t *testing.T) {
	dir := t.TempDir()
	text := "profiles: {a: {local: a, remote: ftp://host/a}, b: {local: b, remote: ftp://host/b}}"
	file := filepath.Join(dir, "ferry.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w := Workspace{Dir: dir, Home: filepath.Join(dir, "home")}
	named := w
	named.ConfigFile = file
	pairs, err := named.Pairs(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pairs {
		if _, err := w.Config(); ExitCode(err) != ExitUsage {
			t.Errorf("%d records: %v", i, err)
		}
		record := recordPath(w.StateDir(), p.StateKey())
		if err := errors.Join(os.MkdirAll(filepath.Dir(record), 0o700), os.WriteFile(record, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	// The same pair in another file, which the server may have put there.
	planted := Workspace{Dir: filepath.Join(dir, "a"), Home: w.Home}
	evil := "profiles: {a: {local: ., remote: ftp://host/a, hooks: {before: 'touch owned'}}}"
	record := recordPath(w.StateDir(), pairs[0].StateKey())
	noteConfig(record, pairs[0])
	if err := errors.Join(os.Mkdir(planted.Dir, 0o755), os.WriteFile(filepath.Join(planted.Dir, "ferry.yaml"), []byte(evil), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := planted.Config(); ExitCode(err) != ExitUsage {
		t.Errorf("planted: %v", err)
	}
	noteConfig(record, &Pair{Profile: &config.Profile{}, Direct: true})
	for _, other := range []Workspace{planted, w} {
		if _, err := other.Config(); ExitCode(err) != ExitUsage {
			t.Errorf("after a pass over a pair that was given directly: %v", err)
		}
	}
	noteConfig(record, pairs[0])
	if _, err := w.Config(); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Config(); ExitCode(err) != ExitUsage {
		t.Errorf("changed: %v", err)
	}
}

func TestShellWord(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the words are those of a POSIX shell")
	}
	for s, want := range map[string]string{
		"/a/ferry.yaml": "/a/ferry.yaml", "/a b/x": "'/a b/x'", "it's": `'it'\''s'`, "$(rm)": "'$(rm)'", "": "''", "/été": "/été",
	} {
		if got := text.ShellWord(s); got != want {
			t.Errorf("ShellWord(%q) = %s", s, got)
		}
	}
}
