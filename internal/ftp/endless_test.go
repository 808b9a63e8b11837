package ftp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/listing"
	"ferry/internal/ftp/socket"
)

// endless sends one piece after another, with a pause between them, until the other end
// closes the connection.
func endless(conn net.Conn, pause time.Duration, first string, pieces ...string) {
	conn.Write([]byte(first))
	for i := 0; len(pieces) > 0; i++ {
		time.Sleep(pause)
		if _, err := conn.Write([]byte(pieces[i%len(pieces)])); err != nil {
			return
		}
	}
}

// serve runs the other end of a pipe until stop, which closes this end.
func serve(here net.Conn, f func()) (stop func()) {
	var running stdsync.WaitGroup
	running.Go(f)
	return func() {
		here.Close()
		running.Wait()
	}
}

// TestRepliesThatNeverEnd checks that every wait for a reply ends, whatever the server
// sends in its place. The clock is that of synctest.
func TestRepliesThatNeverEnd(t *testing.T) {
	const timeout = 30 * time.Second
	for _, tt := range []struct {
		name     string
		pause    time.Duration
		first    string
		pieces   []string
		greeting bool
		most     time.Duration
		says     string
	}{
		{"a greeting that only promises", 10 * time.Second, "120 wait\r\n", []string{"120 wait\r\n"}, true, timeout, "for 30s the server says only 120 wait"},
		{"promises at full speed for a greeting", time.Millisecond, "", []string{"120 wait\r\n"}, true, time.Second, "more than 10 preliminary replies"},
		{"a greeting that trickles", 20 * time.Second, "2", []string{"2"}, true, timeout, "did not end it"},
		{"a line that trickles", 29 * time.Second, "250", []string{"-"}, false, timeout, "did not end it for 30s"},
		{"many lines that trickle", 29 * time.Second, "250-a\r\n", []string{"250-a\r\n", "b\r\n"}, false, timeout, "did not end it for 30s"},
		{"preliminary replies", 25 * time.Second, "150 soon\r\n", []string{"150 soon\r\n", "125 soon\r\n"}, false, 11 * timeout, "more than 10 preliminary replies"},
		{"lines at full speed", time.Microsecond, "250-a\r\n", []string{strings.Repeat("x", 1000) + "\r\n"}, false, timeout, "longer than"},
		{"silence", time.Hour, "", []string{"x"}, false, timeout, "no answer for 30s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				here, there := net.Pipe()
				defer serve(here, func() { endless(there, tt.pause, tt.first, tt.pieces...) })()
				c := pipeControl(here, timeout)
				began := time.Now()
				var err error
				if a := (&awaited{line: "DELE /x"}); tt.greeting {
					c.queue.push(&awaited{})
					err = c.greet(c.queue.list[0])
				} else {
					c.queue.push(a)
					_, err = c.await(a)
					err = c.broken("DELE", err)
				}
				class, _ := ClassOf(err)
				if err == nil || !strings.Contains(err.Error(), tt.says) || !c.dead || (class == Connect) != tt.greeting {
					t.Errorf("got %v of class %v, dead %v", err, class, c.dead)
				}
				if took := time.Since(began); took > tt.most {
					t.Errorf("it took %v, want at most %v", took, tt.most)
				}
			})
		})
	}
}

// pipeControl makes a control connection of one end of a pipe.
func pipeControl(conn net.Conn, timeout time.Duration) *controlConn {
	o := Options{Host: "server", Timeout: timeout}.WithDefaults()
	c := &controlConn{opts: &o, deadlines: socket.NewDeadlines(timeout), modes: &datamode.Tracker{}, traffic: &socket.Traffic{}}
	c.sock = socket.NewConn(pipeEnd{conn}, c.deadlines)
	c.use(c.sock)
	return c
}

// A pipeEnd is an end of a net.Pipe that takes deadlines as a socket does: also when the
// other end is closed, and a read is about to return io.EOF.
type pipeEnd struct{ net.Conn }

func (c pipeEnd) SetReadDeadline(t time.Time) error { return exceptClosed(c.Conn.SetReadDeadline(t)) }
func (c pipeEnd) SetDeadline(t time.Time) error     { return exceptClosed(c.Conn.SetDeadline(t)) }

func exceptClosed(err error) error {
	if errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	return err
}

// TestHandshakeThatTrickles checks that a TLS handshake ends whose bytes come one by one.
func TestHandshakeThatTrickles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer serve(here, func() {
			there.Read(make([]byte, 4096)) // the ClientHello
			endless(there, 20*time.Second, "\x16\x03\x03\x40\x00", "\x02")
		})()
		c := pipeControl(here, 30*time.Second)
		c.opts.Security, c.opts.TLS = Explicit, &tls.Config{}
		began := time.Now()
		err := c.startTLS()
		if !Retryable(err) || time.Since(began) > 30*time.Second {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
	})
}

// TestListingThatTrickles checks that a listing ends whose bytes come one by one, and that
// one which comes slowly over a slow line does not fail.
func TestListingThatTrickles(t *testing.T) {
	const line = "type=file;size=1;modify=20240101000000; name\r\n"
	for _, tt := range []struct {
		name   string
		pause  time.Duration
		piece  string
		pieces int // 0: without end
		down   int64
		most   time.Duration // 0: it must come to its end
	}{
		{"a byte each half minute", 29 * time.Second, "t", 0, 0, 10 * time.Minute},
		{"a line each half minute", 29 * time.Second, line, 0, 0, 11 * time.Minute},
		{"half an hour at 20 KiB/s", time.Second, strings.Repeat("x", 20<<10) + "\r\n", 1800, 0, 0},
		{"an hour at the limit of ours", time.Second, strings.Repeat("x", 1<<10) + "\r\n", 3600, 4 << 10, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				here, there := net.Pipe()
				defer serve(here, func() {
					if tt.pieces == 0 {
						endless(there, tt.pause, "", tt.piece)
						return
					}
					for range tt.pieces {
						time.Sleep(tt.pause)
						there.Write([]byte(tt.piece))
					}
					there.Close()
				})()
				c := pipeControl(here, 30*time.Second)
				c.opts.BytesDown = tt.down
				l := newListing(FormMLSD, listing.Auto, time.Now(), nil, func(listing.Entry) {})
				began := time.Now()
				limit, err := readLines(l.lines, c.sock, c.sock, c.opts)
				if took := time.Since(began); (tt.most == 0) != (limit == nil) || tt.most > 0 && took > tt.most || limit == nil && err != nil {
					t.Errorf("got %v, %v after %v", limit, err, took)
				}
			})
		})
	}
}

// TestListingWithoutEnd has a server send a listing that is longer than may be.
func TestListingWithoutEnd(t *testing.T) {
	for _, tt := range []struct{ name, first, piece, says string }{
		{"entries", "", "", "more than 1000 entries (max-listing sets this limit)"},
		{"a line without end", "type=file;size=1; x", strings.Repeat("y", 1000), "longer than 256000 bytes"},
		{"empty lines", "", strings.Repeat("\r\n", 500), "longer than 256000 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.on["MLSD"] = func(p *peer, _ string) bool {
				p.say("150 here it comes")
				conn, err := p.data()
				if err != nil {
					return true
				}
				defer conn.Close()
				conn.Write([]byte(tt.first))
				for i, err := 0, error(nil); err == nil; i++ {
					piece := tt.piece
					if piece == "" {
						piece = manyLines(i*100, 100)
					}
					_, err = conn.Write([]byte(piece))
				}
				return p.say("426 broken")
			}
			s := &Session{}
			err := f.pool(func(o *Options) { o.MaxListing = 1000 }).Once(t.Context(), func(ctx context.Context, got *Session) error {
				s = got
				_, _, err := listNames(ctx, s, "/", FormMLSD)
				return err
			})
			if class, _ := ClassOf(err); class != File || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func manyLines(from, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("type=file;size=1; " + string(rune('a'+(from+i)%26)) + strings.Repeat("z", (from+i)/26%200) + strings.Repeat("y", (from+i)/5200) + "\r\n")
	}
	return b.String()
}
