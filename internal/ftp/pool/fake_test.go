package pool

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"ferry/internal/ftp"
)

// A fake is an FTP server without files, for tests of when sessions are opened and lent.
// The functions in on reply to their commands, greet to a new connection; one that returns
// false leaves it to the fake.
type fake struct {
	t     *testing.T
	ln    net.Listener
	on    map[string]func(p *peer) bool
	greet func(p *peer) bool
	start stdsync.Once

	mu      stdsync.Mutex
	said    []string // the commands of all connections, in order
	now     int      // connections open
	count   int      // connections so far
	conns   map[net.Conn]bool
	running stdsync.WaitGroup
}

// A peer is one connection of a fake.
type peer struct {
	*fake
	n    int // from 1
	conn net.Conn
}

func newFake(t *testing.T) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{t: t, ln: ln, on: map[string]func(*peer) bool{}, conns: map[net.Conn]bool{}}
	t.Cleanup(f.stop)
	return f
}

// options returns options with short waits.
func (f *fake) options() ftp.Options {
	addr := f.ln.Addr().(*net.TCPAddr)
	return ftp.Options{Host: "127.0.0.1", Port: addr.Port, User: "sync", Password: func() (string, error) { return "secret", nil },
		Timeout: 10 * time.Second, NoListing: true, Connections: 4, Backoff: func(int) time.Duration { return time.Millisecond }}
}

// pool starts the server and returns a pool for it.
func (f *fake) pool(change func(*ftp.Options)) *Pool {
	o := f.options()
	if change != nil {
		change(&o)
	}
	f.start.Do(func() { f.running.Go(f.accept) })
	p := New(o)
	f.t.Cleanup(func() { p.Close() })
	return p
}

func (f *fake) accept() {
	for {
		conn, err := f.ln.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.count++
		f.now++
		f.conns[conn] = true
		p := &peer{fake: f, n: f.count, conn: conn}
		f.mu.Unlock()
		f.running.Go(func() {
			p.talk()
			f.mu.Lock()
			f.now--
			delete(f.conns, conn)
			f.mu.Unlock()
			conn.Close()
		})
	}
}

func (f *fake) stop() {
	f.ln.Close()
	f.mu.Lock()
	for c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	f.running.Wait()
}

// isOver reports whether more than n connections are open.
func (f *fake) isOver(n int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now > n
}

// opened returns how many connections were opened so far.
func (f *fake) opened() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// saw returns how often a command came.
func (f *fake) saw(verb string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, line := range f.said {
		if line == verb || strings.HasPrefix(line, verb+" ") {
			n++
		}
	}
	return n
}

func (p *peer) say(line string) bool {
	fmt.Fprint(p.conn, line+"\r\n")
	return true
}

func (p *peer) talk() {
	if p.greet == nil || !p.greet(p) {
		p.say("220 fake")
	}
	lines := bufio.NewScanner(p.conn)
	for lines.Scan() {
		verb, arg, _ := strings.Cut(lines.Text(), " ")
		p.mu.Lock()
		p.said = append(p.said, lines.Text())
		on := p.on[verb]
		p.mu.Unlock()
		if on != nil && on(p) {
			continue
		}
		switch verb {
		case "QUIT":
			p.say("221 bye")
			return
		case "USER":
			p.say("331 password?")
		case "PASS":
			p.say(map[bool]string{true: "230 in", false: "530 Login incorrect."}[arg == "secret"])
		case "FEAT":
			p.say("211-Features:\r\n SIZE\r\n211 End")
		case "TYPE", "NOOP":
			p.say("200 ok")
		case "PWD":
			p.say(`257 "/"`)
		default:
			p.say("500 what?")
		}
	}
}

// refuse replies to a command with a line.
func refuse(line string) func(*peer) bool { return func(p *peer) bool { return p.say(line) } }

// ping is a job of one command.
func ping(ctx context.Context, s *ftp.Session) error {
	r, err := s.Command(ctx, "NOOP")
	if err != nil {
		return err
	}
	return s.Require("NOOP", "", r)
}

// together makes n users of a pool hold a session at the same time, as far as the pool
// lets them, and each of them do something.
func together(t *testing.T, p *Pool, n int) {
	t.Helper()
	var all stdsync.WaitGroup
	for i := range n {
		all.Go(func() {
			for range 5 {
				if err := p.Do(t.Context(), "ping", ping); err != nil {
					t.Errorf("user %d: %v", i, err)
				}
			}
		})
	}
	all.Wait()
}
