//go:build linux

package soak

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"regexp"
	"strconv"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"
)

// A proxy stands between the program and a server, on the control and on the data connections of passive mode, and cuts
// some of them after a number of bytes.
type proxy struct {
	listener net.Listener
	server   string
	calm     atomic.Bool // no more cuts
	down     atomic.Bool // nobody gets through
	// Every second control connection is cut before it has carried this many bytes.
	controlLife atomic.Int64
	// order is held to write by who edits on the server, and to read by who takes the lock there; see lockedOut.
	order stdsync.RWMutex
	cuts  atomic.Int64
	open  atomic.Int64 // connections of the program
	done  stdsync.WaitGroup

	mu   stdsync.Mutex
	dice *rand.Rand
}

func newProxy(t *testing.T, server string, dice *rand.Rand) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, server: server, dice: dice}
	p.controlLife.Store(8000)
	p.done.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.done.Go(func() { p.control(client) })
		}
	})
	t.Cleanup(func() { l.Close(); p.done.Wait() })
	return p
}

func (p *proxy) roll(n int64) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dice.Int64N(n)
}

// life is how many bytes a connection lasts, in both directions together.
func (p *proxy) life(oneIn, most int64) *atomic.Int64 {
	var left atomic.Int64
	left.Store(1 << 60)
	if !p.calm.Load() && p.roll(oneIn) == 0 {
		left.Store(1 + p.roll(most))
	}
	return &left
}

// A link is a connection of the program and the one to the server that belongs to it.
type link struct {
	p      *proxy
	ends   [2]net.Conn // program, server
	left   *atomic.Int64
	closed stdsync.Once
}

// cut ends both at once, one time in two by a reset.
func (l *link) cut() {
	l.closed.Do(func() {
		l.p.cuts.Add(1)
		for _, c := range l.ends {
			if l.p.roll(2) == 0 {
				_ = c.(*net.TCPConn).SetLinger(0)
			}
			c.Close()
		}
	})
}

// spend takes n bytes of the life of a link, and cuts it when that is over. What is beyond its life is not sent on.
func (l *link) spend(n int) (send int) {
	left := l.left.Add(-int64(n))
	if left >= 0 {
		return n
	}
	return max(0, n+int(left))
}

// pump sends on what comes from one end. alter may change a line; nil: bytes as they come.
//
// A command is sent on whole or not at all: ProFTPD carries out what it has of one that was cut off by an orderly end, as
// if that were the name that was meant. A connection that fails does not end in order.
func (l *link) pump(from int, alter func(string) string) {
	in, out := l.ends[from], l.ends[1-from]
	defer func() { _ = out.(*net.TCPConn).CloseWrite() }()
	lines := bufio.NewReader(in)
	buf := make([]byte, 16<<10)
	for {
		var piece []byte
		var err error
		if alter != nil {
			var line string
			line, err = lines.ReadString('\n')
			piece = []byte(alter(line))
		} else {
			var n int
			n, err = in.Read(buf)
			piece = buf[:n]
		}
		n := l.spend(len(piece))
		if n < len(piece) && from == 0 && alter != nil {
			n = 0
		}
		if _, werr := out.Write(piece[:n]); werr != nil && err == nil {
			err = werr
		}
		if n < len(piece) {
			l.cut()
			return
		}
		if err != nil {
			return
		}
	}
}

// relay sends both ways until both ends are through. The functions may change lines; nil: bytes as they come.
func (l *link) relay(commands, replies func(string) string) {
	l.p.open.Add(1)
	defer l.p.open.Add(-1)
	var both stdsync.WaitGroup
	both.Go(func() { l.pump(0, commands) })
	both.Go(func() { l.pump(1, replies) })
	both.Wait()
	l.closed.Do(func() {
		for _, c := range l.ends {
			c.Close()
		}
	})
}

func (p *proxy) control(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil || p.down.Load() {
		client.Close()
		if err == nil {
			server.Close()
		}
		return
	}
	l := &link{p: p, ends: [2]net.Conn{client, server}, left: p.life(2, p.controlLife.Load())}
	l.relay(p.lockedOut, func(line string) string { return epsv.ReplaceAllStringFunc(line, p.through) })
}

// takesLock is the command with which a pass takes the lock on the server.
var takesLock = regexp.MustCompile(`^RNTO .*lock\r\n$`)

// lockedOut lets the command pass that takes the lock, but not while somebody edits on the server.
func (p *proxy) lockedOut(line string) string {
	if takesLock.MatchString(line) {
		p.order.RLock()
		defer p.order.RUnlock()
	}
	return line
}

// epsv is the reply that names a data port (RFC 2428).
var epsv = regexp.MustCompile(`^229 .*\(\|\|\|(\d+)\|\)`)

// through opens a port of the proxy for one data connection to the port that the server names.
func (p *proxy) through(reply string) string {
	port, _ := strconv.Atoi(epsv.FindStringSubmatch(reply)[1])
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return reply
	}
	p.done.Go(func() {
		defer l.Close()
		client, err := l.Accept()
		if err != nil {
			return
		}
		host, _, _ := net.SplitHostPort(p.server)
		server, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			client.Close()
			return
		}
		(&link{p: p, ends: [2]net.Conn{client, server}, left: p.life(6, 400_000)}).relay(nil, nil)
	})
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Second))
	return fmt.Sprintf("229 Entering Extended Passive Mode (|||%d|)", l.Addr().(*net.TCPAddr).Port)
}
