package ftp

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// confirmUploadsLate lets f wait for another command before it calls end to send the
// final reply to its first upload, as a server does that waits until its FIN is
// acknowledged. It sets early where a command came.
func confirmUploadsLate(f *fake, early *bool, end func(p *peer)) {
	first := true
	f.greet = func(p *peer) bool { return p.say("220 (vsFTPd 3.0.5)") }
	f.on["STOR"] = func(p *peer, name string) bool {
		p.say("150 send")
		conn, err := p.data()
		if err != nil {
			return true
		}
		data, _ := io.ReadAll(conn)
		conn.Close()
		p.mu.Lock()
		p.files[name] = data
		p.mu.Unlock()
		if !first {
			return p.say("226 stored")
		}
		first = false
		p.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, err = p.br.Peek(1)
		*early = err == nil
		p.conn.SetReadDeadline(time.Time{})
		end(p)
		return true
	}
}

type earlyEPSVTest struct {
	name   string
	end    func(p *peer) // sends the final reply to the first upload; nil: 226
	epsv   string        // the reply to the early EPSV; "": a port
	fails  bool          // the first upload
	again  bool          // EPSV is sent again
	dead   bool          // the session is given up
	serial bool          // from now on the server gets one command at a time
}

// TestEarlyEPSV checks that EPSV for the next upload is sent when the server has closed
// its end of the one before, and what becomes of both uploads.
func TestEarlyEPSV(t *testing.T) {
	for _, tt := range []earlyEPSVTest{
		{name: "stored"},
		{name: "no room", end: func(p *peer) { p.say("452 no room") }, fails: true},
		{name: "no port", epsv: "425 no port", again: true},
		{name: "final reply sent twice", end: func(p *peer) { p.say("226 stored\r\n226 stored") }, dead: true, serial: true},
		{name: "goodbye", end: func(p *peer) { p.say("421 time is up") }, fails: true, dead: true},
		{name: "closed after the final reply", end: func(p *peer) { p.say("226 stored"); p.conn.Close() }, dead: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			early, refuse := false, false
			confirmUploadsLate(f, &early, func(p *peer) {
				refuse = tt.epsv != ""
				if tt.end == nil {
					p.say("226 stored")
				} else {
					tt.end(p)
				}
			})
			f.on["EPSV"] = func(p *peer, _ string) bool {
				now := refuse
				refuse = false
				return now && p.say("%s", tt.epsv)
			}
			p := f.pool(func(o *Options) { o.Timeout = 10 * time.Second })
			err := p.Do(t.Context(), "STOR", func(ctx context.Context, s *Session) error {
				if _, _, err := listNames(ctx, s, "/", FormMLSD); err != nil { // EPSV works
					return err
				}
				tt.uploadTwice(ctx, t, f, s, &early)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// uploadTwice uploads /a and /b and checks both. f sets early where EPSV came early.
func (tt earlyEPSVTest) uploadTwice(ctx context.Context, t *testing.T, f *fake, s *Session, early *bool) {
	before := f.saw("EPSV")
	up := StorTransfer("/a", 0)
	up.UploadFollows = s.ConfirmsLate()
	_, _, err := s.Send(ctx, up, strings.NewReader("content of a"))
	if (err != nil) != tt.fails {
		t.Errorf("the first upload: %v", err)
	}
	if !*early {
		t.Error("no command came before the final reply to the first upload")
	}
	if s.Dead() != tt.dead || s.serial() != tt.serial {
		t.Errorf("dead %v, one command at a time %v", s.Dead(), s.serial())
	}
	if tt.dead {
		return
	}
	if _, _, err := s.Store(ctx, "/b", 0, strings.NewReader("content of b")); err != nil {
		t.Errorf("the second upload: %v", err)
	}
	if asked := f.saw("EPSV") - before; (asked == 3) != tt.again {
		t.Errorf("EPSV was sent %d times", asked)
	}
	if got, _ := f.file("/b"); string(got) != "content of b" {
		t.Errorf("the server has %q", got)
	}
}
