package ftp

import (
	"context"
	"errors"
	"fmt"
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

func TestPasswordIsAskedOnce(t *testing.T) {
	f, asked := newFake(t), 0
	p := f.pool(func(o *Options) { o.Password = func() (string, error) { asked++; return "secret", nil } })
	together(t, p, 4)
	if asked != 1 || f.opened() < 2 {
		t.Errorf("asked %d times for %d sessions", asked, f.opened())
	}
}

// together makes n users of a pool hold a session at the same time, as far as
// the pool lets them, and each of them do something.
func together(t *testing.T, p *Pool, n int) {
	t.Helper()
	var all stdsync.WaitGroup
	for i := range n {
		all.Go(func() {
			for range 5 {
				if err := put(p, fmt.Sprintf("/file%d", i), "content"); err != nil {
					t.Errorf("user %d: %v", i, err)
				}
			}
		})
	}
	all.Wait()
}

// The limits of the four servers, each in its own words and at its own moment.
func TestTooManyConnections(t *testing.T) {
	for _, test := range []struct {
		name string
		set  func(f *fake, full func() bool)
	}{
		{"421 in the greeting", func(f *fake, full func() bool) {
			f.greet = func(p *peer) bool {
				return full() && p.say("421 There are too many connections from your internet address.") && p.conn.Close() == nil
			}
		}},
		{"530 at PASS", func(f *fake, full func() bool) {
			f.on["PASS"] = func(p *peer, _ string) bool {
				return full() && p.say("530 Sorry, the maximum number of clients (2) from your host are already connected.")
			}
		}},
		{"530 without a reason", func(f *fake, full func() bool) {
			f.on["PASS"] = func(p *peer, _ string) bool { return full() && p.say("530 Login incorrect.") }
		}},
		{"500 in the greeting", func(f *fake, full func() bool) {
			f.greet = func(p *peer) bool { return full() && p.say("500 too many connections") && p.conn.Close() == nil }
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			full := func() bool {
				f.mu.Lock()
				defer f.mu.Unlock()
				return f.now > 2
			}
			test.set(f, full)
			var told []string
			p := f.pool(func(o *Options) {
				o.Connections = 8
				o.Notice = func(s string) { told = append(told, s) }
			})
			together(t, p, 8)
			if p.limit > 2 || p.limit < 1 {
				t.Errorf("limit %d", p.limit)
			}
			if len(told) != 1 || !strings.Contains(told[0], "server allows only") {
				t.Errorf("told %q", told)
			}
		})
	}
}

func TestOneConnectionForAll(t *testing.T) {
	f := newFake(t)
	p := f.pool(func(o *Options) { o.Connections = 1 })
	together(t, p, 6)
	if f.opened() != 1 {
		t.Errorf("%d connections", f.opened())
	}
}

func TestSessionIsLostInUse(t *testing.T) {
	for name, lose := range map[string]func(p *peer, _ string) bool{
		"421":       func(p *peer, _ string) bool { return p.n == 1 && p.say("421 Timeout.") && p.conn.Close() == nil },
		"closed":    func(p *peer, _ string) bool { return p.n == 1 && p.conn.Close() == nil },
		"garbage":   func(p *peer, _ string) bool { return p.n == 1 && p.say("what is this") },
		"150 alone": func(p *peer, _ string) bool { return p.n == 1 && p.say("150 coming") && p.conn.Close() == nil },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on["NOOP"] = lose
			p := f.pool(nil)
			if err := p.Do(t.Context(), "ping", ping); err != nil {
				t.Error(err)
			}
			if f.opened() != 2 {
				t.Errorf("%d connections, want a second one", f.opened())
			}
		})
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

func TestRetriesEnd(t *testing.T) {
	f := newFake(t)
	f.on["NOOP"] = refuse("450 busy")
	p := f.pool(func(o *Options) { o.Retries = 2 })
	var e *Error
	if err := p.Do(t.Context(), "ping", ping); !errors.As(err, &e) || e.Code != 450 {
		t.Errorf("got %v", err)
	}
	if n := f.saw("NOOP"); n != 3 {
		t.Errorf("tried %d times, want 3", n)
	}
	if f.opened() != 1 {
		t.Errorf("%d connections: a plain reply does not cost the session", f.opened())
	}
}

func TestFinalErrorsAreNotRetried(t *testing.T) {
	f := newFake(t)
	f.on["NOOP"] = refuse("550 no")
	if err := f.pool(nil).Do(t.Context(), "ping", ping); err == nil || f.saw("NOOP") != 1 {
		t.Errorf("got %v after %d tries", err, f.saw("NOOP"))
	}
}

// A session that the server closed while it was idle is found out before it is
// lent.
func TestIdleSessionIsLookedAt(t *testing.T) {
	f := newFake(t)
	said := make(chan struct{})
	f.on["NOOP"] = func(p *peer, _ string) bool {
		p.say("200 ok")
		if p.n == 1 {
			p.say("421 No transfer timeout")
			p.conn.Close()
			close(said)
		}
		return true
	}
	p := f.pool(nil)
	if err := p.Once(t.Context(), ping); err != nil {
		t.Fatal(err)
	}
	<-said
	p.mu.Lock()
	for _, s := range p.idle {
		s.idleSince = s.idleSince.Add(-idleCheck)
	}
	p.mu.Unlock()
	if err := p.Once(t.Context(), ping); err != nil {
		t.Errorf("a dead session was lent: %v", err)
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

func TestClosedPool(t *testing.T) {
	f := newFake(t)
	p := f.pool(nil)
	if err := p.Once(t.Context(), ping); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if err := p.Once(t.Context(), ping); err == nil {
		t.Error("a closed pool lends a session")
	}
	f.ln.Close()
	f.running.Wait() // until it has read all that came
	if f.saw("QUIT") != 1 {
		t.Error("no goodbye")
	}
}
