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

// own are ferry's own notes, by the paths that go with commands.
var own = regexp.MustCompile(`(^|/)(\.ferry(/|$)|lock)`)

// A counter stands before the control port of a server and counts the commands that go to it. Those for ferry's own
// notes (the lock, the trash) are not counted.
type counter struct {
	addr string

	mu    stdsync.Mutex
	verbs map[string]int
	conns map[net.Conn]bool
	down  bool
}

func newCounter(t testing.TB, server string) *counter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c := &counter{addr: l.Addr().String(), verbs: make(map[string]int), conns: make(map[net.Conn]bool)}
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

func (c *counter) relay(client net.Conn, addr string) {
	defer client.Close()
	server, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer server.Close()
	if !c.keep(client, server) {
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
			c.note(text)
			if _, werr := io.WriteString(server, text); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// keep remembers connections to be cut. It reports false where there is to be none.
func (c *counter) keep(conns ...net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range conns {
		c.conns[conn] = true
	}
	return !c.down
}

// cut ends all connections; with down, new ones are closed at once until it is called without.
func (c *counter) cut(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
	for conn := range c.conns {
		conn.Close()
	}
	clear(c.conns)
}

func (c *counter) note(text string) {
	verb, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	if own.MatchString(arg) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.verbs[strings.ToUpper(verb)]++
}

// take returns how often each command was given since it was last asked.
func (c *counter) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := maps.Clone(c.verbs)
	clear(c.verbs)
	return was
}
