package deploy

import (
	"bytes"
	"net"
	"sync"
	"testing"
)

// A proxy stands before the control port of a server and strikes after a number of commands. In
// a session under TLS it counts the records that the client sends, which are writes of commands.
// Data connections do not pass through it.
type proxy struct {
	addr string

	mu       sync.Mutex
	tls      bool
	commands int    // so far
	at       int    // it strikes after so many; 0: never
	half     bool   // half of the next command comes through before
	on       string // it strikes at the first command that begins so, in place of a number
	strike   func() // called then; nil: all connections are cut
	dead     bool   // nothing comes through any more
	struck   bool
	last     string // the last command that came through
	open     []net.Conn
}

func newProxy(t testing.TB, addr string, tls bool) *proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &proxy{addr: ln.Addr().String(), tls: tls}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", addr)
			if err != nil || !p.keep(client, server) {
				client.Close()
				if err == nil {
					server.Close()
				}
				continue
			}
			running.Go(func() { p.up(server, client) })
			running.Go(func() { pass(client, server) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		p.cut()
		running.Wait()
	})
	return p
}

// arm makes the proxy begin to count. It strikes once. If nothing comes through afterwards, that
// is for good.
func (p *proxy) arm(at int, half bool, strike func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commands, p.at, p.half, p.strike, p.dead, p.struck, p.last, p.on = 0, at, half, strike, false, false, "", ""
}

// armOn is arm for the first command that begins like this. With half, only half of it comes through.
func (p *proxy) armOn(command string, half bool) {
	p.arm(0, half, nil)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = command
}

// end returns the number of commands since [proxy.arm], whether it has struck, and after what.
func (p *proxy) end() (commands int, struck bool, last string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.commands, p.struck, p.last
}

func (p *proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, conns...)
	return !p.dead
}

// kill cuts all connections and lets nothing through any more.
func (p *proxy) kill() {
	p.mu.Lock()
	p.dead = true
	p.mu.Unlock()
	p.cut()
}

// cut cuts all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.open {
		conn.Close()
	}
	p.open = nil
}

// up passes on what the client sends, command by command.
func (p *proxy) up(server, client net.Conn) {
	defer server.Close()
	buf := make([]byte, 64<<10)
	var rest []byte
	for {
		n, err := client.Read(buf)
		rest = append(rest, buf[:n]...)
		for len(rest) > 0 {
			size := p.size(rest)
			if size == 0 {
				break
			}
			through, strike := p.count(rest[:size])
			if _, err := server.Write(through); err != nil {
				return
			}
			if strike != nil {
				strike()
			}
			rest = rest[size:]
		}
		if err != nil {
			return
		}
	}
}

// size returns the length of the first command in b, 0 where it is not whole.
func (p *proxy) size(b []byte) int {
	if p.tls && b[0] >= 20 && b[0] <= 24 { // a record of TLS
		if len(b) < 5 || len(b) < 5+int(b[3])<<8+int(b[4]) {
			return 0
		}
		return 5 + int(b[3])<<8 + int(b[4])
	}
	return bytes.IndexByte(b, '\n') + 1
}

// count counts a command. It returns what comes through of it, and what is to be done then.
func (p *proxy) count(command []byte) (through []byte, strike func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return nil, nil
	}
	p.commands++
	if p.on != "" && bytes.HasPrefix(command, []byte(p.on)) {
		p.at, p.on = p.commands, ""
		if p.half {
			p.at--
		}
	}
	do := p.strike
	if do == nil {
		do = p.cut
	}
	switch {
	case p.half && p.commands == p.at+1 && !p.struck:
		p.struck = true
		return command[:len(command)/2], do
	case !p.half && p.commands == p.at && !p.struck:
		p.struck, strike = true, do
	}
	p.last = string(bytes.TrimSpace(command))
	return command, strike
}

// pass copies from src to dst.
func pass(dst, src net.Conn) {
	defer dst.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := src.Read(buf)
		if _, werr := dst.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}
