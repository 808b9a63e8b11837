package pool

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"ferry/internal/ftp"
)

// The first login ends Borrow for good, where another try is of no use and where the tries are used up.
func TestFirstLoginFails(t *testing.T) {
	for name, test := range map[string]struct {
		set    func(f *fake)
		class  ftp.Class
		logins int
	}{
		"wrong password":  {func(f *fake) { f.on["PASS"] = refuse("530 Login incorrect.") }, ftp.Login, 1},
		"always too many": {func(f *fake) { f.greet = refuse("421 too many connections") }, ftp.Busy, 2},
		"no FTP server":   {func(f *fake) { f.greet = refuse("HTTP/1.1 400 Bad Request") }, ftp.Connect, 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			test.set(f)
			_, err := f.pool(func(o *ftp.Options) { o.Retries = 1 }).Borrow(t.Context())
			if class, _ := ftp.ClassOf(err); !errors.Is(err, ftp.ErrFatal) || class != test.class {
				t.Errorf("got class %d, %v; want class %d, fatal", class, err, test.class)
			}
			if f.opened() != test.logins {
				t.Errorf("%d logins, want %d", f.opened(), test.logins)
			}
		})
	}
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
			f.on["PASS"] = func(p *peer) bool {
				return full() && p.say("530 Sorry, the maximum number of clients (2) from your host are already connected.")
			}
		}},
		{"530 without a reason", func(f *fake, full func() bool) {
			f.on["PASS"] = func(p *peer) bool { return full() && p.say("530 Login incorrect.") }
		}},
		{"421 to all that come at once", func(f *fake, full func() bool) {
			f.on["PASS"] = func(p *peer) bool {
				for p.n > 1 && f.opened() < 4 {
					runtime.Gosched()
				}
				return (p.n > 1 && p.n <= 4 || full()) && p.say("421 Too many connections") && p.conn.Close() == nil
			}
		}},
		{"500 in the greeting", func(f *fake, full func() bool) {
			f.greet = func(p *peer) bool { return full() && p.say("500 too many connections") && p.conn.Close() == nil }
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			test.set(f, func() bool { return f.isOver(2) })
			var told []string
			refused := make(chan struct{})
			p := f.pool(func(o *ftp.Options) {
				o.Connections = 8
				o.Notice = func(s string) { told = append(told, s); close(refused) }
			})
			together(t, p, 8, refused)
			if len(told) != 1 || told[0] != "server allows only 2 connections; going on with 2" || p.limit.n != 2 {
				t.Errorf("limit %+v, told %q", p.limit, told)
			}
		})
	}
}

func TestOneConnectionForAll(t *testing.T) {
	f := newFake(t)
	p := f.pool(func(o *ftp.Options) { o.Connections = 1 })
	now := make(chan struct{})
	close(now)
	together(t, p, 6, now)
	if f.opened() != 1 {
		t.Errorf("%d connections", f.opened())
	}
}

func TestSessionIsLostInUse(t *testing.T) {
	for name, lose := range map[string]func(p *peer) bool{
		"421":       func(p *peer) bool { return p.n == 1 && p.say("421 Timeout.") && p.conn.Close() == nil },
		"closed":    func(p *peer) bool { return p.n == 1 && p.conn.Close() == nil },
		"garbage":   func(p *peer) bool { return p.n == 1 && p.say("what is this") },
		"150 alone": func(p *peer) bool { return p.n == 1 && p.say("150 coming") && p.conn.Close() == nil },
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

func TestRetriesEnd(t *testing.T) {
	f := newFake(t)
	f.on["NOOP"] = refuse("450 busy")
	p := f.pool(func(o *ftp.Options) { o.Retries = 2 })
	var e *ftp.Error
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
	f.on["NOOP"] = func(p *peer) bool {
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
	for i := range p.idle {
		p.idle[i].since = p.idle[i].since.Add(-10 * time.Second) // long enough to look, and not to ask
	}
	p.mu.Unlock()
	if err := p.Once(t.Context(), ping); err != nil {
		t.Errorf("a dead session was lent: %v", err)
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
