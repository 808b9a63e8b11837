package ftp

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/wire"
)

// fetch downloads a file through a pool.
func fetch(p *lender, name string) (data []byte, err error) {
	err = p.Do(context.Background(), "fetching", func(ctx context.Context, s *Session) error {
		d, err := s.Retrieve(ctx, name, 0)
		if err != nil {
			return err
		}
		if data, err = io.ReadAll(d); err != nil {
			d.Abort()
			return err
		}
		_, err = d.Finish()
		return err
	})
	return data, err
}

// put uploads a file through a pool.
func put(p *lender, name, content string) error {
	return p.Do(context.Background(), "putting", func(ctx context.Context, s *Session) error {
		_, _, err := s.Store(ctx, name, 0, strings.NewReader(content))
		return err
	})
}

// roundTrip uploads and downloads files, one of them empty.
func roundTrip(t *testing.T, p *lender) {
	t.Helper()
	for name, content := range map[string]string{"/empty": "", "/full": strings.Repeat("content\n", 20000)} {
		if err := put(p, name, content); err != nil {
			t.Fatalf("put %s: %v", name, err)
		}
		if got, err := fetch(p, name); err != nil || string(got) != content {
			t.Fatalf("fetch %s: %d bytes, %v; want %d", name, len(got), err, len(content))
		}
	}
}

func (p *lender) mode() DataMode {
	return p.modes.Current()
}

func TestEveryMode(t *testing.T) {
	for _, m := range datamode.All {
		t.Run(m.String(), func(t *testing.T) {
			p := newFake(t).pool(nil)
			p.modes.Allow = []DataMode{m}
			roundTrip(t, p)
		})
	}
}

func TestIPv6(t *testing.T) {
	for _, mode := range []Mode{Passive, Active} {
		f := newFakeAt(t, "::1")
		roundTrip(t, f.pool(func(o *Options) { o.Mode = mode }))
		if f.saw("PASV")+f.saw("PORT") > 0 {
			t.Error("a command for IPv4 was sent over IPv6")
		}
	}
	f := newFakeAt(t, "::1")
	f.on["EPSV"], f.on["EPRT"] = refuse("500 no"), refuse("500 no")
	err := put(f.pool(nil), "/x", "")
	if !errors.Is(err, ErrFatal) || !strings.Contains(err.Error(), "PASV: "+wire.ErrIPv6.Error()) {
		t.Errorf("got %v", err)
	}
}

func TestModeByTrial(t *testing.T) {
	dead := func(verb string) func(*peer, string) bool { // names a port that nobody listens on
		return func(p *peer, _ string) bool {
			ln, _ := net.Listen("tcp", "127.0.0.1:0")
			ln.Close()
			return p.tell(verb, ln.Addr().(*net.TCPAddr).Port)
		}
	}
	for _, test := range []struct {
		name string
		set  func(f *fake)
		want DataMode
	}{
		{"all work", func(*fake) {}, datamode.EPSV},
		{"EPSV unknown", func(f *fake) { f.on["EPSV"] = refuse("500 what?") }, datamode.PASV},
		{"EPSV 501, 502, 522", func(f *fake) { f.on["EPSV"] = refuse("522 no such protocol") }, datamode.PASV},
		{"EPSV told wrong", func(f *fake) { f.on["EPSV"] = refuse("229 ok") }, datamode.PASV},
		{"passive switched off", func(f *fake) {
			f.on["EPSV"], f.on["PASV"] = refuse("550 Permission denied."), refuse("550 Permission denied.")
		}, datamode.EPRT},
		{"passive ports refused", func(f *fake) { f.on["EPSV"], f.on["PASV"] = dead("EPSV"), dead("PASV") }, datamode.EPRT},
		{"passive refused, EPRT unknown", func(f *fake) {
			f.on["EPSV"], f.on["PASV"], f.on["EPRT"] = dead("EPSV"), dead("PASV"), refuse("500 what?")
		}, datamode.PORT},
		{"425 to the transfer", func(f *fake) {
			f.on["MLSD"] = func(p *peer, _ string) bool {
				return p.to == "" && p.say("425 possible PASV port theft, cannot open data connection")
			}
		}, datamode.EPRT},
		{"connection cut at EPSV", func(f *fake) {
			f.on["EPSV"] = func(p *peer, _ string) bool { p.conn.Close(); return true }
		}, datamode.PASV},
		{"421 at EPSV", func(f *fake) { f.on["EPSV"] = refuse("421 EPSV is disabled") }, datamode.PASV},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			test.set(f)
			p := f.pool(func(o *Options) { o.Retries = -1 })
			roundTrip(t, p)
			if got := p.mode(); got != test.want {
				t.Errorf("mode %v, want %v", got, test.want)
			}
		})
	}
}

func TestSilentPassive(t *testing.T) {
	f := newFake(t)
	port := silentPort(t)
	f.on["EPSV"] = func(p *peer, _ string) bool { return p.tell("EPSV", port) }
	f.on["PASV"] = func(p *peer, _ string) bool { return p.tell("PASV", port) }
	p := f.pool(nil)
	roundTrip(t, p)
	if got := p.mode(); got != datamode.EPRT {
		t.Errorf("mode %v, want EPRT", got)
	}
}

func TestSilentActive(t *testing.T) {
	f := newFake(t)
	f.on["EPSV"], f.on["PASV"] = refuse("500 no"), refuse("500 no")
	nothing := func(*peer, string) bool { return true } // as a server whose connection a firewall drops
	for _, verb := range []string{"MLSD", "EPRT"} {     // some servers connect at the transfer command, others at EPRT
		f.mu.Lock()
		f.on[verb] = nothing
		f.mu.Unlock()
		_, err := fetch(f.pool(nil), "/x")
		if !errors.Is(err, ErrFatal) {
			t.Fatalf("got %v, want a fatal error", err)
		}
		if class, _ := ClassOf(err); class != Server || !strings.Contains(err.Error(), "nobody connected") {
			t.Errorf("got class %d, %v", class, err)
		}
		f.mu.Lock()
		delete(f.on, verb)
		f.mu.Unlock()
	}
}

func TestModeForced(t *testing.T) {
	f := newFake(t)
	f.on["EPRT"], f.on["PORT"] = refuse("500 Illegal EPRT command."), refuse("500 Illegal PORT command.")
	_, err := fetch(f.pool(func(o *Options) { o.Mode = Active }), "/x")
	if !errors.Is(err, ErrFatal) {
		t.Errorf("forced active: %v, want a fatal error", err)
	}
	if f.saw("EPSV")+f.saw("PASV") > 0 {
		t.Error("passive mode was tried although only active is allowed")
	}
	f = newFake(t)
	f.on["EPSV"], f.on["PASV"] = refuse("500 no"), refuse("500 no")
	if _, err := fetch(f.pool(func(o *Options) { o.Mode = Passive }), "/x"); !errors.Is(err, ErrFatal) {
		t.Errorf("forced passive: %v, want a fatal error", err)
	}
	if f.saw("EPRT")+f.saw("PORT") > 0 {
		t.Error("active mode was tried although only passive is allowed")
	}
}

// TestModeStopsWorking checks that another mode takes the place of one that stopped
// working, and that the user is told.
func TestModeStopsWorking(t *testing.T) {
	f := newFake(t)
	var told []string
	p := f.pool(func(o *Options) { o.Notice = func(s string) { told = append(told, s) } })
	roundTrip(t, p)
	if p.mode() != datamode.EPSV {
		t.Fatal(p.mode())
	}
	f.mu.Lock()
	f.on["EPSV"], f.on["PASV"] = refuse("500 switched off"), refuse("500 switched off")
	f.mu.Unlock()
	roundTrip(t, p)
	if p.mode() != datamode.EPRT || len(told) != 1 || !strings.Contains(told[0], "EPSV stopped working") {
		t.Errorf("mode %v, told %q", p.mode(), told)
	}
}

// TestPASVAddress checks that the data connection goes to the host of the control
// connection, whatever address the PASV reply names, unless TrustPASV is set.
func TestPASVAddress(t *testing.T) {
	f := newFake(t)
	f.on["EPSV"] = refuse("500 no")
	f.on["PASV"] = func(p *peer, _ string) bool {
		p.listener, _ = net.Listen("tcp", "127.0.0.1:0")
		p.to = ""
		port := p.listener.Addr().(*net.TCPAddr).Port
		return p.say("227 ok (192,0,2,1,%d,%d)", port>>8, port&255)
	}
	p := f.pool(nil)
	roundTrip(t, p)
	if p.mode() != datamode.PASV {
		t.Errorf("mode %v, want PASV", p.mode())
	}
	s, err := p.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Return(s)
	s.c.opts.TrustPASV = true
	to, err := s.c.newAttempt(new(Transfer), datamode.PASV).address(Reply{Code: 227, Text: "(192,0,2,1,4,5)"})
	if err != nil || to.String() != "192.0.2.1:1029" {
		t.Errorf("with trust: %v, %v", to, err)
	}
}

func TestModeIsRemembered(t *testing.T) {
	f := newFake(t)
	f.on["EPSV"], f.on["PASV"] = refuse("500 no"), refuse("500 no")
	dir := t.TempDir()
	change := func(o *Options) { o.StateDir = dir }
	p := f.pool(change)
	roundTrip(t, p)
	p.Close()
	before := f.saw("EPSV")
	p = f.pool(change)
	roundTrip(t, p)
	if f.saw("EPSV") != before {
		t.Error("a mode that is known not to work was tried first")
	}
}
