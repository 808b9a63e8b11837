package ftp

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"ferry/internal/ftp/wire"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	stdsync "sync"
	"testing"
	"time"
)

// A fake is a small FTP server on loopback, for tests of servers that misbehave. It
// holds files in memory, all in one directory. The functions in on reply to their
// commands; where there is none, or it returns false, the fake replies as RFC 959 says.
type fake struct {
	t    *testing.T
	ln   net.Listener
	on   map[string]func(p *peer, arg string) bool
	feat []string
	tls  *tls.Config // for AUTH TLS

	mu      stdsync.Mutex
	files   map[string][]byte
	said    []string // commands of all connections, in order
	now     int      // connections open
	count   int      // connections so far
	greet   func(p *peer) bool
	conns   map[net.Conn]bool
	running stdsync.WaitGroup
	start   stdsync.Once
}

// A peer is one connection of a fake.
type peer struct {
	*fake
	n        int // from 1
	conn     net.Conn
	br       *bufio.Reader
	listener net.Listener // passive
	to       string       // active
	rest     int
	prot     bool
}

func newFake(t *testing.T) *fake {
	t.Helper()
	return newFakeAt(t, "127.0.0.1")
}

func newFakeAt(t *testing.T, host string) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skip(err)
	}
	f := &fake{t: t, ln: ln, on: map[string]func(*peer, string) bool{}, files: map[string][]byte{}, conns: map[net.Conn]bool{},
		feat: []string{"MLST type*;size*;modify*;", "SIZE", "MDTM", "REST STREAM", "UTF8"}}
	t.Cleanup(f.stop)
	return f
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
		p := &peer{fake: f, n: f.count, conn: conn, br: bufio.NewReader(conn)}
		f.mu.Unlock()
		f.running.Go(func() {
			p.talk()
			f.mu.Lock()
			f.now--
			delete(f.conns, conn)
			f.mu.Unlock()
			conn.Close()
			if p.listener != nil {
				p.listener.Close()
			}
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

// opened returns how many connections were opened so far.
func (f *fake) opened() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// commands returns the commands received so far, on all connections.
func (f *fake) commands() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.said)
}

func (f *fake) saw(verb string) int {
	n := 0
	for _, line := range f.commands() {
		if wire.Verb(line) == verb {
			n++
		}
	}
	return n
}

func (f *fake) file(name string) (data []byte, there bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	data, there = f.files[name]
	return data, there
}

// serve starts the server. Its behaviour may be changed before.
func (f *fake) serve() { f.start.Do(func() { f.running.Go(f.accept) }) }

// options returns the options of a session with this server.
func (f *fake) options() Options {
	host, port, _ := net.SplitHostPort(f.ln.Addr().String())
	n, _ := strconv.Atoi(port)
	return Options{Host: host, Port: n, User: "sync", Password: func() (string, error) { return "secret", nil },
		Timeout: 10 * time.Second}
}

// pool returns a lender of sessions with this server.
func (f *fake) pool(change func(*Options)) *lender {
	o := f.options()
	if change != nil {
		change(&o)
	}
	f.serve()
	return newLender(f.t, o)
}

func (p *peer) say(format string, args ...any) bool {
	fmt.Fprintf(p.conn, format+"\r\n", args...)
	return true
}

func (p *peer) talk() {
	if p.greet == nil || !p.greet(p) {
		p.say("220 fake")
	}
	for {
		line, err := p.br.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		p.mu.Lock()
		p.said = append(p.said, line)
		verb, arg, _ := strings.Cut(line, " ")
		on := p.on[verb]
		p.mu.Unlock()
		if on != nil && on(p, arg) {
			continue
		}
		if !p.answer(verb, arg) {
			return
		}
	}
}

// answer replies to a command as RFC 959 says. It reports whether the connection goes on.
func (p *peer) answer(verb, arg string) bool {
	switch verb {
	case "QUIT":
		p.say("221 bye")
		return false
	case "EPSV", "PASV", "EPRT", "PORT":
		p.agreeOnData(verb, arg)
	case "REST", "MLSD", "LIST", "RETR", "STOR":
		p.answerTransfer(verb, arg)
	case "CWD", "SIZE", "DELE":
		p.answerFile(verb, arg)
	default:
		p.answerSession(verb, arg)
	}
	return true
}

// answerSession replies to the commands about the session.
func (p *peer) answerSession(verb, arg string) {
	switch verb {
	case "USER":
		p.say("331 password?")
	case "PASS":
		if arg != "secret" {
			p.say("530 Login incorrect.")
			return
		}
		p.say("230 in")
	case "FEAT":
		p.say("211-Features:\r\n %s\r\n211 End", strings.Join(p.feat, "\r\n "))
	case "TYPE", "OPTS", "NOOP", "PBSZ":
		p.say("200 ok")
	case "PROT":
		p.prot = true
		p.say("200 ok")
	case "AUTH":
		if p.tls == nil {
			p.say("502 no")
			return
		}
		p.say("234 go")
		p.conn = tls.Server(p.conn, p.tls)
		p.br = bufio.NewReader(p.conn)
	case "SYST":
		p.say("215 UNIX Type: L8")
	case "PWD":
		p.say(`257 "/"`)
	default:
		p.say("500 what?")
	}
}

// answerFile replies to the commands about one name.
func (p *peer) answerFile(verb, arg string) {
	data, there := p.file(arg)
	switch {
	case verb == "CWD":
		p.say("250 there")
	case !there:
		p.say("550 no such file")
	case verb == "SIZE":
		p.say("213 %d", len(data))
	case verb == "DELE":
		p.mu.Lock()
		delete(p.files, arg)
		p.mu.Unlock()
		p.say("250 gone")
	}
}

func (p *peer) listing(prefix string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b bytes.Buffer
	for name, data := range p.files {
		if prefix == " " {
			fmt.Fprintf(&b, "type=file;size=%d; %s\r\n", len(data), strings.TrimPrefix(name, "/"))
		} else {
			fmt.Fprintf(&b, "%s%s\r\n", prefix, strings.TrimPrefix(name, "/"))
		}
	}
	return b.Bytes()
}

// refuse replies to a command with a line.
func refuse(line string) func(*peer, string) bool {
	return func(p *peer, _ string) bool { return p.say("%s", line) }
}
