package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/keyring/keyringtest"
)

// profileWith returns a profile of user u at host h with the given password.
func profileWith(password Secret) *Profile {
	p := NewProfile("site")
	p.Remote = Remote{User: "u", Host: "h"}
	p.Password = password
	return p
}

func place(kind secretKind, text, file string) Secret {
	return hide(held{kind: kind, text: text, file: file})
}

// TestPasswordOrder takes away one place after the other, the first first.
func TestPasswordOrder(t *testing.T) {
	home := t.TempDir()
	write(t, "machine h login u password netrc", home, ".netrc")
	all := map[string]string{PasswordVariable: "variable"}
	ring := keyringtest.Keyring{"u@h": "keyring", "named": "by name"}
	p := profileWith(Literal("profile"))
	finder := Finder{Getenv: func(name string) string { return all[name] }, Home: home, Keyring: ring}
	next := func(want, wantFrom string) {
		t.Helper()
		if got, from, err := finder.Password(t.Context(), p, "u"); err != nil || got != want || from != wantFrom {
			t.Errorf("%q from %q, %v, want %q from %q", got, from, err, want, wantFrom)
		}
	}
	next("profile", "")
	p.Password = place(secretKeyring, "named", "")
	next("by name", "the keyring (named)")
	p.Password = Secret{}
	next("variable", "the variable FERRY_PASSWORD")
	delete(all, PasswordVariable)
	next("netrc", filepath.Join(home, ".netrc"))
	finder.Home = ""
	next("keyring", "the keyring (u@h)")
	delete(ring, "u@h")
	_, _, err := finder.Password(t.Context(), p, "u")
	if !errors.Is(err, ErrNoPassword) || err.Error() != "no password for u@h" || !strings.Contains(Hint(err), PasswordVariable) {
		t.Errorf("%v, %q", err, Hint(err))
	}
	p.NoVariable, all[PasswordVariable] = true, "of another server"
	if _, _, err := finder.Password(t.Context(), p, "u"); !errors.Is(err, ErrNoPassword) || !strings.Contains(Hint(err), SourceVariable) {
		t.Errorf("the variable is another server's: %v, %q", err, Hint(err))
	}
	p.NoVariable, p.Remote.User = false, ""
	if got, _, err := finder.Password(t.Context(), p, ""); err != nil || got != "anonymous@" {
		t.Errorf("anonymous: %q, %v", got, err)
	}
}

func TestPasswordPlaces(t *testing.T) {
	dir := t.TempDir()
	file := write(t, "first line \r\nsecond\n", dir, "pw")
	empty := write(t, "\nsecond\n", dir, "empty")
	long := write(t, strings.Repeat("x", maxSecret+1), dir, "long")
	config := filepath.Join(dir, "ferry.yaml")
	quoted := "a  b"
	if runtime.GOOS == "windows" {
		quoted = `"a  b"` // echo of cmd leaves quotes as they are
	}
	for _, c := range []struct {
		name   string
		secret Secret
		want   string
		err    string // a part of it
	}{
		{"literal", Literal("pw"), "pw", ""},
		{"an empty literal", Literal(""), "", ""},
		{"a literal with a line end", Literal("pw\r\nDELE x"), "", "contains a line break or NUL"},
		{"variable", place(secretEnv, "PW", config), "from env", ""},
		{"a variable that is not set", place(secretEnv, "NONE", config), "", "password of profile site: the environment variable NONE is not set"},
		{"file", place(secretFile, file, config), "first line ", ""},
		{"a file that is not there", place(secretFile, file+"x", config), "", "no such file"},
		{"a file with an empty line", place(secretFile, empty, config), "", "is empty"},
		{"a file that is no password", place(secretFile, long, config), "", "too long"},
		{"command", place(secretCommand, "echo one&& echo two", config), "one", ""},
		{"a command with quotes", place(secretCommand, `echo "a  b"`, config), quoted, ""},
		{"a command that prints nothing", place(secretCommand, "exit 0", config), "", "the first line that the command prints is empty"},
		{"a command that fails", place(secretCommand, "echo hunter2&& exit 3", config), "", "password of profile site: running the command: exit status 3"},
		{"keyring", place(secretKeyring, "x", config), "from keyring", ""},
		{"a name that the keyring lacks", place(secretKeyring, "y", config), "", "password of profile site: there is no password of the name \"y\" in the keyring"},
	} {
		if runtime.GOOS == "windows" && strings.Contains(c.err, "no such file") {
			continue // other words
		}
		finder := Finder{Getenv: env("PW", "from env"), Keyring: keyringtest.Keyring{"x": "from keyring"}}
		got, _, err := finder.Password(t.Context(), profileWith(c.secret), "u")
		switch {
		case c.err == "" && (err != nil || got != c.want):
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: %v, want %q", c.name, err, c.err)
		case err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "pw\r")):
			t.Errorf("%s: the error shows the password: %v", c.name, err)
		}
	}
}

// TestPasswordCommandRuns: in the directory of the configuration, with its talk
// on stderr, and no longer than the context.
func TestPasswordCommandRuns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are those of a POSIX shell")
	}
	dir := t.TempDir()
	write(t, "here\n", dir, "pw")
	var talk strings.Builder
	finder := Finder{Stderr: &talk}
	p := profileWith(place(secretCommand, "cat pw; echo unlock me >&2", filepath.Join(dir, "ferry.yaml")))
	if got, _, err := finder.Password(t.Context(), p, "u"); err != nil || got != "here" || talk.String() != "unlock me\n" {
		t.Errorf("%q, %v, stderr %q", got, err, talk.String())
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	finder.Stderr = writerFunc(func(p []byte) (int, error) {
		cancel(errors.New("enough"))
		return len(p), nil
	})
	p.Password = place(secretCommand, "echo started >&2; exec sleep 600", "")
	if _, _, err := finder.Password(ctx, p, "u"); err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("a command that was stopped: %v", err)
	}

	p.Password = place(secretCommand, "yes", "")
	if _, _, err := (Finder{}).Password(t.Context(), p, "u"); err == nil || !strings.Contains(err.Error(), "more than a password") {
		t.Errorf("a command without end: %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestUser(t *testing.T) {
	home := t.TempDir()
	write(t, "machine h login fromnetrc password p\nmachine named login x", home, ".netrc")
	other := write(t, "machine h login elsewhere", home, "other")
	for _, c := range []struct {
		name, user, host string
		finder           Finder
		want             string
	}{
		{"the profile names one", "u", "h", Finder{Home: home}, "u"},
		{"netrc names one", "", "h", Finder{Home: home}, "fromnetrc"},
		{"nobody names one", "", "i", Finder{Home: home}, ""},
		{"no home", "", "h", Finder{}, ""},
		{"NETRC names another file", "", "h", Finder{Home: home, Getenv: env("NETRC", other)}, "elsewhere"},
		{"NETRC names no file", "", "h", Finder{Home: home, Getenv: env("NETRC", other+"x")}, ""},
	} {
		p := NewProfile("x")
		p.Remote = Remote{User: c.user, Host: c.host}
		if got, err := c.finder.User(p); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	broken := write(t, "machine h\nlogin", home, "broken")
	p := NewProfile("x")
	p.Remote.Host = "h"
	if _, err := (Finder{Getenv: env("NETRC", broken)}).User(p); err == nil || err.Error() != broken+":2: login has no value" {
		t.Error(err)
	}
	p.Remote.User = "u"
	if _, _, err := (Finder{Getenv: env("NETRC", broken)}).Password(t.Context(), p, "u"); err == nil || err.Error() != broken+":2: login has no value" {
		t.Error(err)
	}
}

func TestWarnings(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the mode of a file does not tell who can read it")
	}
	home := t.TempDir()
	open := write(t, "pw\n", home, "open")
	closed := write(t, "pw\n", home, "closed")
	netrc := write(t, "machine h login u password p", home, ".netrc")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(netrc, 0o640); err != nil {
		t.Fatal(err)
	}
	direct, err := Pair("x", "ftp://u:p@h", home, home)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		secret Secret
		want   string
	}{
		{"a literal in an open file", place(secretLiteral, "x", open), "others can read " + open + ", which contains a password; chmod 600 it, or use password: {env: NAME}"},
		{"a literal in a closed file", place(secretLiteral, "x", closed), ""},
		{"a literal of the program", Literal("x"), ""},
		{"an open file", place(secretFile, open, closed), "others can read " + open + ", which contains a password; chmod 600 it"},
		{"a closed file", place(secretFile, closed, open), ""},
		{"on the command line", direct.Password, "a password on the command line can be seen in the list of processes and in the history of the shell; set FERRY_PASSWORD instead"},
		{"an open netrc", Secret{}, "others can read " + netrc + ", which contains passwords; chmod 600 it"},
	} {
		var got []string
		finder := Finder{Home: home, Warn: func(text string) { got = append(got, text) }}
		if _, _, err := finder.Password(t.Context(), profileWith(c.secret), "u"); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		var want []string
		if c.want != "" {
			want = []string{c.want}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
