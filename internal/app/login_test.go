package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/config"
	"ferry/internal/ftpserver"
	"ferry/internal/keyring/keyringtest"
)

// A loginRun logs in to a server of its own, where a person may be asked.
type loginRun struct {
	t      *testing.T
	server *ftpserver.Server
	url    string
	env    map[string]string
	ring   keyringtest.Keyring
	change func(*Pair)
	asked  []string
	answer func(context.Context) (string, error)
	opener *Opener
}

func newLoginRun(t *testing.T, o ftpserver.Options) *loginRun {
	o.Root, o.User, o.Password = t.TempDir(), "ann", "secret"
	server, err := ftpserver.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	scheme := "ftp"
	if o.TLS == ftpserver.Explicit {
		scheme = "ftpes"
	}
	r := &loginRun{t: t, server: server, url: scheme + "://ann@" + server.Addr(), env: map[string]string{}, ring: keyringtest.Keyring{}}
	r.answer = func(context.Context) (string, error) { return "secret", nil }
	return r
}

func (r *loginRun) pair() *Pair {
	p, err := config.Pair(".", r.url, r.t.TempDir(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	p.Retries = -1
	pair := &Pair{Profile: p, Direct: true}
	if r.change != nil {
		r.change(pair)
	}
	return pair
}

// login logs in, in a new run of the program.
func (r *loginRun) login(ctx context.Context) error {
	r.asked = nil
	r.server.ClearTranscript()
	r.opener = NewOpener(Options{
		Getenv:  func(n string) string { return r.env[n] },
		Keyring: r.ring,
		AskPassword: func(ctx context.Context, prompt string) (string, error) {
			r.asked = append(r.asked, prompt)
			return r.answer(ctx)
		},
	})
	_, err := r.opener.TestConnection(ctx, r.pair())
	return err
}

// A person is asked only where nothing else has a password, and a question that is interrupted ends the run.
func TestLoginAsks(t *testing.T) {
	r := newLoginRun(t, ftpserver.Options{})
	if err := r.login(t.Context()); err != nil || len(r.asked) != 1 || r.asked[0] != "Password for ann@"+r.server.Addr()+": " {
		t.Errorf("%v, asked %q", err, r.asked)
	}
	r.env["FERRY_PASSWORD"] = "secret"
	if err := r.login(t.Context()); err != nil || r.asked != nil {
		t.Errorf("with FERRY_PASSWORD: %v, asked %q", err, r.asked)
	}
	r.env, r.ring = nil, keyringtest.Keyring{"ann@" + r.server.Addr(): "secret"}
	if err := r.login(t.Context()); err != nil || r.asked != nil {
		t.Errorf("with a keyring: %v, asked %q", err, r.asked)
	}
	r.ring = nil
	ctx, cancel := context.WithCancelCause(t.Context())
	r.answer = func(ctx context.Context) (string, error) {
		cancel(ErrInterrupted)
		return "", context.Cause(ctx)
	}
	if err := r.login(ctx); !errors.Is(err, ErrInterrupted) {
		t.Errorf("interrupted while asking: %v, want %v", err, ErrInterrupted)
	}
	gone := errors.New("terminal gone")
	r.answer = func(context.Context) (string, error) { return "", gone }
	if err := r.login(t.Context()); !errors.Is(err, gone) || ExitCode(err) != ExitUsage {
		t.Errorf("the terminal is gone: %v", err)
	}
	r.answer = func(context.Context) (string, error) { return "a\r\nDELE x", nil }
	if err := r.login(t.Context()); err == nil || strings.Contains(err.Error(), "DELE") {
		t.Errorf("a password with a line break: %v", err)
	}
}

// Nobody types a password for a server that is not there, or whose certificate is not accepted.
func TestLoginAsksOnlyWhenTheServerWasChecked(t *testing.T) {
	r := newLoginRun(t, ftpserver.Options{TLS: ftpserver.Explicit, ForceTLS: true})
	if err := r.login(t.Context()); err == nil || ExitCode(err) != ExitConnect || r.asked != nil {
		t.Errorf("an unknown certificate: %v, asked %q", err, r.asked)
	}
	r.change = func(p *Pair) { p.Fingerprint = strings.Repeat("0", 64) }
	if err := r.login(t.Context()); err == nil || r.asked != nil {
		t.Errorf("another certificate than the pinned one: %v, asked %q", err, r.asked)
	}
	if sent := strings.Join(r.server.Transcript(), "\n"); strings.Contains(sent, "USER") {
		t.Errorf("the server was sent\n%s", sent)
	}
	r.change = func(p *Pair) {
		p.CA = filepath.Join(t.TempDir(), "ca.pem")
		_ = os.WriteFile(p.CA, r.server.CertPEM(), 0o600)
	}
	if err := r.login(t.Context()); err != nil || len(r.asked) != 1 {
		t.Errorf("a known certificate: %v, asked %q", err, r.asked)
	}
	r.change, r.url = nil, "ftp://ann@127.0.0.1:1"
	if err := r.login(t.Context()); ExitCode(err) != ExitConnect || r.asked != nil {
		t.Errorf("nobody listens: %v, asked %q", err, r.asked)
	}
}

// Where the server refuses a password, the hint says where it is from.
func TestRefusedPasswordHasASource(t *testing.T) {
	r := newLoginRun(t, ftpserver.Options{})
	file := filepath.Join(t.TempDir(), "netrc")
	if err := os.WriteFile(file, []byte("machine 127.0.0.1 login ann password wrong"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		env        map[string]string
		ring       string
		change     func(*Pair)
	}{
		{name: "typed", want: "your answer"},
		{name: "variable", want: "the variable FERRY_PASSWORD", env: map[string]string{"FERRY_PASSWORD": "wrong"}},
		{name: "netrc", want: file, env: map[string]string{"NETRC": file}},
		{name: "keyring", want: "the keyring (ann@" + r.server.Addr() + ")", ring: "wrong"},
		{name: "URL", want: "the URL", change: func(p *Pair) {
			direct, err := config.Pair(".", strings.Replace(r.url, "ann@", "ann:wrong@", 1), p.Local, "")
			if err != nil {
				t.Fatal(err)
			}
			p.Profile = direct
		}},
	} {
		r.env, r.change, r.ring = c.env, c.change, keyringtest.Keyring{}
		if c.ring != "" {
			r.ring["ann@"+r.server.Addr()] = c.ring
		}
		r.answer = func(context.Context) (string, error) { return "wrong", nil }
		err := r.login(t.Context())
		if ExitCode(err) != ExitConnect || !strings.HasSuffix(Hint(err), " The password is from "+c.want) || strings.Contains(Hint(err)+err.Error(), "wrong") {
			t.Errorf("%s: %v, hint %q", c.name, err, Hint(err))
		}
	}
}

// A watch asks at its start, once for each account, and never again.
func TestWatchAsksAtItsStart(t *testing.T) {
	r := newLoginRun(t, ftpserver.Options{})
	if err := r.login(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.asked = nil
	one, two := r.pair(), r.pair()
	if err := r.opener.askPasswords(t.Context(), []*Pair{one, two}); err != nil || len(r.asked) != 1 {
		t.Fatalf("%v, asked %q", err, r.asked)
	}
	if _, err := r.opener.TestConnection(t.Context(), one); err != nil || len(r.asked) != 1 {
		t.Errorf("later: %v, asked %q", err, r.asked)
	}
	r.url = strings.Replace(r.url, "ann@", "bob@", 1)
	if _, err := r.opener.TestConnection(t.Context(), r.pair()); ExitCode(err) != ExitUsage || len(r.asked) != 1 {
		t.Errorf("another account: %v, asked %q", err, r.asked)
	}
}
