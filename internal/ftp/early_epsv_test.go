package ftp

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// lingering lets f say what became of its first upload only when the next command
// is there, as a server does that waits for its end of the data connection to be
// acknowledged. early is set when one came, and end says it.
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

// TestOnward holds that the port for the next upload is asked for when the server
// has closed its end of the one before, and what becomes of both.
func TestEarlyEPSV(t *testing.T) {
	for _, tt := range []struct {
		name    string
		end     func(p *peer) // of the first upload
		epsv    string        // the answer to the question sent early; "": a port
		fails   bool          // the first upload
		again   bool          // the port is asked for again
		drops   bool          // the session is given up
		stumble bool          // the habit, too
	}{
		{name: "stored"},
		{name: "no room", end: func(p *peer) { p.say("452 no room") }, fails: true},
		{name: "no port", epsv: "425 no port", again: true},
		{name: "an end said twice", end: func(p *peer) { p.say("226 stored\r\n226 stored") }, drops: true, stumble: true},
		{name: "goodbye", end: func(p *peer) { p.say("421 time is up") }, fails: true, drops: true},
		{name: "cut behind the end", end: func(p *peer) { p.say("226 stored"); p.conn.Close() }, drops: true},
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
				if _, err := s.List(ctx, "/", FormMLSD); err != nil { // EPSV works
					return err
				}
				before := f.saw("EPSV")
				up := StorTransfer("/a", 0)
				up.UploadFollows = s.ConfirmsLate()
				_, _, err := s.Send(ctx, up, strings.NewReader("content of a"))
				if (err != nil) != tt.fails {
					t.Errorf("the first upload: %v", err)
				}
				if !early {
					t.Error("nothing was asked before the end of the first upload")
				}
				if s.Dead() != tt.drops || s.serial() != tt.stumble {
					t.Errorf("given up: %v, one by one: %v", s.Dead(), s.serial())
				}
				if tt.drops {
					return nil
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
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
