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

// A proxy relays control connections and passive data connections to a server, and cuts some of them after a number of
// bytes.
type proxy struct {
	listener net.Listener
	server   string
	noCuts   atomic.Bool // cut nothing any more
	down     atomic.Bool // refuse all connections
	// Every second control connection is cut before it has relayed this many bytes.
	controlLimit atomic.Int64
	// A user who edits files on the server holds lockOrder for writing, and a command that takes the lock there for
	// reading, see delayLock.
	lockOrder stdsync.RWMutex
	cuts      atomic.Int64
	open      atomic.Int64 // connections of the program
	done      stdsync.WaitGroup

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
	p.controlLimit.Store(8000)
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

// limit returns after how many bytes, in both directions together, a connection is cut.
func (p *proxy) limit(oneIn, most int64) *atomic.Int64 {
	var left atomic.Int64
	left.Store(1 << 60)
	if !p.noCuts.Load() && p.roll(oneIn) == 0 {
		left.Store(1 + p.roll(most))
	}
	return &left
}

// A link is a connection from the program and the matching one to the server.
type link struct {
	p      *proxy
	ends   [2]net.Conn // program, server
	left   *atomic.Int64
	closed stdsync.Once
}

// cut closes both connections, each with a reset in half of the cases.
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

// consume counts n bytes against the limit of the link, and returns how many of them may still be relayed.
func (l *link) consume(n int) (send int) {
	left := l.left.Add(-int64(n))
	if left >= 0 {
		return n
	}
	return max(0, n+int(left))
}

// pump relays what comes from one end. alter may change lines; nil: bytes are relayed as they come.
//
// A command is relayed as a whole or not at all. If a connection is closed cleanly in the middle of a command, ProFTPD
// executes the part that it got, with a truncated name. A real failure does not close a connection cleanly.
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
		n := l.consume(len(piece))
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

// relay relays in both directions until both are closed. The functions may change lines; nil: bytes as they come.
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
	l := &link{p: p, ends: [2]net.Conn{client, server}, left: p.limit(2, p.controlLimit.Load())}
	l.relay(p.delayLock, func(line string) string { return epsv.ReplaceAllStringFunc(line, p.relayDataPort) })
}

// takeLock matches the command with which a pass takes the lock on the server.
var takeLock = regexp.MustCompile(`^RNTO .*lock\r\n$`)

// delayLock delays the command that takes the lock while a user edits files on the server.
func (p *proxy) delayLock(line string) string {
	if takeLock.MatchString(line) {
		p.lockOrder.RLock()
		defer p.lockOrder.RUnlock()
	}
	return line
}

// epsv matches the reply to EPSV, which has the data port (RFC 2428).
var epsv = regexp.MustCompile(`^229 .*\(\|\|\|(\d+)\|\)`)

// relayDataPort opens a port of the proxy for one data connection, and puts it into the reply.
func (p *proxy) relayDataPort(reply string) string {
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
		(&link{p: p, ends: [2]net.Conn{client, server}, left: p.limit(6, 400_000)}).relay(nil, nil)
	})
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Second))
	return fmt.Sprintf("229 Entering Extended Passive Mode (|||%d|)", l.Addr().(*net.TCPAddr).Port)
}
