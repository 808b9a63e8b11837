//go:build linux

package watch

import (
	"bufio"
	"io"
	"maps"
	"net"
	"regexp"
	"strings"
	stdsync "sync"
	"testing"
)

// ownPaths matches the paths of ferry's own files in commands.
var ownPaths = regexp.MustCompile(`(^|/)(\.ferry(/|$)|lock)`)

// A commandProxy relays control connections to a server and counts the commands. It does not count those for ferry's own
// files (the lock, the trash).
type commandProxy struct {
	addr string

	mu    stdsync.Mutex
	verbs map[string]int
	conns map[net.Conn]bool
	down  bool
}

func newCommandProxy(t testing.TB, server string) *commandProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c := &commandProxy{addr: l.Addr().String(), verbs: make(map[string]int), conns: make(map[net.Conn]bool)}
	var all stdsync.WaitGroup
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { c.relay(client, server) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		c.cut(true)
		all.Wait()
	})
	return c
}

func (c *commandProxy) relay(client net.Conn, addr string) {
	defer client.Close()
	server, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer server.Close()
	if !c.register(client, server) {
		return
	}
	var both stdsync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(client, server)
		client.Close()
	})
	defer both.Wait()
	defer server.Close()
	lines := bufio.NewReader(client)
	for {
		text, err := lines.ReadString('\n')
		if text != "" {
			c.countCommand(text)
			if _, werr := io.WriteString(server, text); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// register remembers connections so that they can be cut. It returns false while connections are not allowed.
func (c *commandProxy) register(conns ...net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range conns {
		c.conns[conn] = true
	}
	return !c.down
}

// cut closes all connections. If down is set, new ones are closed at once, until cut is called without it.
func (c *commandProxy) cut(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
	for conn := range c.conns {
		conn.Close()
	}
	clear(c.conns)
}

func (c *commandProxy) countCommand(text string) {
	verb, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	if ownPaths.MatchString(arg) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.verbs[strings.ToUpper(verb)]++
}

// take returns how often each command was sent since the last call.
func (c *commandProxy) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := maps.Clone(c.verbs)
	clear(c.verbs)
	return was
}
