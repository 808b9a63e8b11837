package merge

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ferry/sync"
)

// TestRun: only a tool that ends well and writes something else settles anything.
func TestRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are those of a POSIX shell")
	}
	for _, c := range []struct {
		name, command string
		want          string // a part of the error; "": none
		merged        string
	}{
		{"merges", `cat "$LOCAL" "$BASE" "$REMOTE" > "$MERGED"`, "", "mine\ntheirs\n"},
		{"takes the other", `cp "$REMOTE" "$MERGED"`, "", "theirs\n"},
		{"does nothing", `true`, "has left the file as it was", ""},
		{"writes the same again", `cp "$LOCAL" "$MERGED"`, "has left the file as it was", ""},
		{"fails after it wrote", `echo x > "$MERGED"; exit 3`, "exit status 3", ""},
		{"removes the file", `rm "$MERGED"`, "has left no file", ""},
		{"is not there", `no-such-merge-tool`, "exit status 127", ""},
		{"sees its directory and environment", `[ "$PWD" = "$WANTED" ] && [ -z "$HOME" ] && echo yes > "$MERGED"`, "", "yes\n"},
	} {
		f, err := NewFiles("my notes.tar.txt")
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(f.Local) != "my notes.tar.LOCAL.txt" || filepath.Base(f.Merged) != "my notes.tar.txt" {
			t.Errorf("%+v", f)
		}
		for path, text := range map[string]string{f.Local: "mine\n", f.Remote: "theirs\n"} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		dir, err := filepath.EvalSymlinks(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		tool := Tool{Command: c.command, Dir: dir, Environ: []string{"PATH=" + os.Getenv("PATH"), "WANTED=" + dir}, Stderr: io.Discard}
		err = tool.Run(t.Context(), f)
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want == "":
			if text, _ := os.ReadFile(f.Merged); string(text) != c.merged {
				t.Errorf("%s: %q, want %q", c.name, text, c.merged)
			}
		}
		f.Remove()
		if _, err := os.Stat(filepath.Dir(f.Local)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: files are left: %v", c.name, err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	f, err := NewFiles("a")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Remove()
	if err := os.WriteFile(f.Local, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Tool{Command: "sleep 100"}).Run(ctx, f); err == nil || err.Error() != "enough" {
		t.Errorf("interrupted: %v", err)
	}
}

// TestSource: a file that changes while it is read is not put anywhere.
func TestSource(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := EntryOf(path)
	if err != nil {
		t.Fatal(err)
	}
	src, err := Opener(path, want)(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if text, err := io.ReadAll(src); string(text) != "tent" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if got, err := src.Confirm(t.Context()); err != nil || got != want {
		t.Errorf("%v, %v", got, err)
	}
	if err := os.WriteFile(path, []byte("longer content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Confirm(t.Context()); !errors.Is(err, sync.ErrChanged) {
		t.Error(err)
	}
}
