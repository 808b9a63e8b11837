package ftp

import (
	"context"
	"errors"
	"io"
	"strings"
	stdsync "sync"
	"testing"
	"time"
)

func ping(ctx context.Context, s *Session) error {
	r, err := s.Command(ctx, "NOOP")
	if err != nil {
		return err
	}
	return s.Require("NOOP", "", r)
}

func TestFirstLogin(t *testing.T) {
	for _, test := range []struct {
		name  string
		set   func(f *fake, o *Options)
		class Class
	}{
		{"wrong password", func(_ *fake, o *Options) { o.Password = func() (string, error) { return "other", nil } }, Login},
		{"no password to be had", func(_ *fake, o *Options) {
			o.Password = func() (string, error) { return "", errors.New("no terminal") }
		}, Login},
		{"password that cannot be sent", func(_ *fake, o *Options) { o.Password = func() (string, error) { return "a\r\nDELE b", nil } }, Login},
		{"user that cannot be sent", func(_ *fake, o *Options) { o.User = "\xff" }, Login},
		{"always too many", func(f *fake, _ *Options) { f.greet = func(p *peer) bool { return p.say("421 too many connections") } }, Busy},
		{"530 too many in the greeting", func(f *fake, _ *Options) {
			f.greet = func(p *peer) bool { return p.say("530 maximum number of clients reached") }
		}, Busy},
		{"nobody listens", func(f *fake, o *Options) { f.ln.Close() }, Connect},
		{"no FTP server", func(f *fake, _ *Options) { f.greet = func(p *peer) bool { return p.say("SSH-2.0-OpenSSH") } }, Connect},
		{"says nothing", func(f *fake, o *Options) {
			f.greet = func(p *peer) bool { p.br.ReadByte(); return true }
			o.Timeout = 50 * time.Millisecond
		}, Connect},
		{"account wanted", func(f *fake, _ *Options) { f.on["USER"] = refuse("332 account?") }, Server},
		{"no binary type", func(f *fake, _ *Options) { f.on["TYPE"] = refuse("504 no") }, Server},
		{"TYPE answered oddly", func(f *fake, _ *Options) { f.on["TYPE"] = refuse("250 perhaps") }, Server},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			p := f.pool(func(o *Options) { test.set(f, o); o.Retries = 1 })
			err := p.Do(t.Context(), "ping", ping)
			if class, _ := ClassOf(err); !errors.Is(err, ErrFatal) || class != test.class {
				t.Errorf("got class %d, fatal %v: %v; want class %d, fatal", class, errors.Is(err, ErrFatal), err, test.class)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

// severalSessions opens n sessions at the same time and uses each of them.
func severalSessions(t *testing.T, p *lender, n int) {
	t.Helper()
	var lent []*Session
	for range n {
		s, err := p.Borrow(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lent = append(lent, s)
	}
	var all stdsync.WaitGroup
	for _, s := range lent {
		all.Go(func() {
			if err := ping(t.Context(), s); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, s := range lent {
		p.Return(s)
	}
}

func TestPasswordIsAskedOnce(t *testing.T) {
	f, asked := newFake(t), 0
	p := f.pool(func(o *Options) { o.Password = func() (string, error) { asked++; return "secret", nil } })
	severalSessions(t, p, 4)
	if asked != 1 || f.opened() < 2 {
		t.Errorf("asked %d times for %d sessions", asked, f.opened())
	}
}

func TestOnceDoesNotRetry(t *testing.T) {
	f := newFake(t)
	f.on["NOOP"] = func(p *peer, _ string) bool { return p.conn.Close() == nil }
	var e *Error
	if err := f.pool(nil).Once(t.Context(), ping); !errors.As(err, &e) || e.Class != Retry || !e.Lost {
		t.Errorf("got %v, want a lost reply", err)
	}
	if n := f.saw("NOOP"); n != 1 {
		t.Errorf("the command was given %d times", n)
	}
}

func TestCancelStopsAtOnce(t *testing.T) {
	cause := errors.New("that is enough")
	for name, test := range map[string]struct {
		silent string // the command that is never answered
		do     func(ctx context.Context, s *Session) error
	}{
		"reply": {"NOOP", ping},
		"download": {"RETR", func(ctx context.Context, s *Session) error {
			_, err := s.Retrieve(ctx, "/x", 0)
			return err
		}},
		"upload": {"STOR", func(ctx context.Context, s *Session) error {
			_, _, err := s.Store(ctx, "/x", 0, strings.NewReader("x"))
			return err
		}},
		"login": {"PASS", ping},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			heard := make(chan struct{})
			f.on[test.silent] = func(p *peer, _ string) bool {
				close(heard)
				_, _ = io.Copy(io.Discard, p.br) // nor is anything behind it
				return true
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() { <-heard; cancel(cause) }()
			begin := time.Now()
			err := f.pool(nil).Do(ctx, name, test.do)
			if !errors.Is(err, cause) {
				t.Errorf("got %v, want the cause", err)
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestSilenceEnds(t *testing.T) {
	f := newFake(t)
	f.on["NOOP"] = func(*peer, string) bool { return true }
	p := f.pool(func(o *Options) { o.Timeout, o.Retries = 50*time.Millisecond, -1 })
	var e *Error
	if err := p.Do(t.Context(), "ping", ping); !errors.As(err, &e) || e.Class != Retry || !isTimeout(err) {
		t.Errorf("got %v", err)
	}
}

func TestDataSilenceEnds(t *testing.T) {
	f := newFake(t)
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	f.on["RETR"] = func(p *peer, _ string) bool {
		p.say("150 here it comes")
		conn, err := p.data()
		if err != nil {
			return true
		}
		conn.Write([]byte("half"))
		go func() { <-hold; conn.Close() }()
		return true
	}
	p := f.pool(func(o *Options) { o.Timeout, o.Retries = 100*time.Millisecond, -1 })
	err := p.Once(t.Context(), func(ctx context.Context, s *Session) error {
		d, err := s.Retrieve(ctx, "/x", 0)
		if err != nil {
			return err
		}
		defer d.Abort()
		_, err = io.ReadAll(d)
		return err
	})
	var e *Error
	if !errors.As(err, &e) || e.Class != Retry || !isTimeout(err) {
		t.Errorf("got %v", err)
	}
}
