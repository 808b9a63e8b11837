//go:build linux

package transcript

import (
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A proxy stands before the control port of a server and records the commands of each session. One goroutine does all
// its work, so that it knows at each moment what has come and what has not.
type proxy struct {
	listener *net.TCPListener
	server   string // host:port
	rest     restDetector

	mu       sync.Mutex
	free     bool  // replies are not held back
	cutAfter int64 // how many bytes of the next upload come through; 0: all
	stopped  bool
	sessions []*session // those that are open
	opened   int
	lines    []line
	data     []*dataLink
}

// A line is a command, or an event of a control connection.
type line struct {
	session int
	at      time.Time
	text    string
	ahead   int // replies that were still to come when it was sent
	refused int // the code of its final reply, where that is 400 or more
}

// A session is one control connection.
type session struct {
	number         int
	client, server *net.TCPConn
	command        []byte  // the beginning of a command
	reply          []byte  // replies that are held back
	awaited        []int   // indices in lines of commands whose final reply was not let through; -1: the greeting
	ended          [2]bool // client, server
}

// pause is the time between two looks at what has come.
const pause = 100 * time.Microsecond

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, server: server}
	var done sync.WaitGroup
	done.Go(p.run)
	t.Cleanup(func() {
		p.mu.Lock()
		p.stopped = true
		p.mu.Unlock()
		done.Wait()
		l.Close()
	})
	return p
}

func (p *proxy) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// begin forgets what was recorded. With free set, replies are not held back. Of the next upload only cutAfter bytes come
// through, unless that is 0; then both connections break.
func (p *proxy) begin(free bool, cutAfter int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.data {
		d.close()
	}
	p.free, p.cutAfter, p.lines, p.opened, p.data = free, cutAfter, nil, 0, nil
}

// end waits until all sessions are over, and returns what was recorded.
func (p *proxy) end() []line {
	for {
		p.mu.Lock()
		if len(p.sessions) == 0 {
			defer p.mu.Unlock()
			return p.lines
		}
		p.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

func (p *proxy) run() {
	defer p.rest.close()
	for p.step() {
		time.Sleep(pause)
	}
}

// step does all that there is to do now. It reports false when the proxy has been stopped.
func (p *proxy) step() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.stopped {
		if p.poll() {
			continue
		}
		s := p.holding()
		cut := p.mayCut()
		if s == nil && cut == nil {
			return true
		}
		if !p.free && !p.rest.atRest() {
			return true
		}
		if p.poll() { // it came before the last look
			continue
		}
		if s != nil {
			p.release(s)
		} else {
			p.cut(cut)
		}
	}
	for _, s := range p.sessions {
		s.close()
	}
	for _, d := range p.data {
		d.close()
	}
	return false
}

// poll takes in what has come on any connection, without waiting, and reports whether there was anything.
func (p *proxy) poll() bool {
	came := p.accept()
	var open []*session
	for _, s := range p.sessions {
		came = p.pollSession(s) || came
		if s.over() {
			s.close()
			p.happened(s, "(closed)")
			continue
		}
		open = append(open, s)
	}
	p.sessions = open
	for _, d := range p.data {
		came = d.poll() || came
	}
	return came
}

// accept takes in a new control connection.
func (p *proxy) accept() bool {
	client := acceptNow(p.listener)
	if client == nil {
		return false
	}
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		client.Close()
		return true
	}
	p.opened++
	s := &session{number: p.opened, client: client, server: server.(*net.TCPConn), awaited: []int{-1}}
	p.sessions = append(p.sessions, s)
	p.happened(s, "(connect)")
	return true
}

func (p *proxy) pollSession(s *session) (came bool) {
	var buf [32 << 10]byte
	if !s.ended[0] {
		n, err := readNow(s.client, buf[:])
		came = n > 0 || err != nil
		s.ended[0] = err != nil
		p.commands(s, buf[:n])
		_, _ = s.server.Write(buf[:n])
		if err != nil {
			s.server.CloseWrite()
		}
	}
	if !s.ended[1] {
		n, err := readNow(s.server, buf[:])
		came = came || n > 0 || err != nil
		s.ended[1] = err != nil
		s.reply = append(s.reply, buf[:n]...)
	}
	return came
}

// over reports whether nothing more can come through.
func (s *session) over() bool {
	_, whole := firstReply(s.reply)
	return s.ended[0] || s.ended[1] && !whole
}

func (s *session) close() {
	s.client.Close()
	s.server.Close()
}

// commands records what the client says.
func (p *proxy) commands(s *session, text []byte) {
	s.command = append(s.command, text...)
	for {
		command, rest, whole := strings.Cut(string(s.command), "\r\n")
		if !whole {
			return
		}
		s.command = []byte(rest)
		p.lines = append(p.lines, line{session: s.number, at: time.Now(), text: command, ahead: len(s.awaited)})
		s.awaited = append(s.awaited, len(p.lines)-1)
	}
}

// holding returns the first session with a reply that is held back.
func (p *proxy) holding() *session {
	for _, s := range p.sessions {
		if _, whole := firstReply(s.reply); whole {
			return s
		}
	}
	return nil
}

// release lets the next reply through.
func (p *proxy) release(s *session) {
	n, _ := firstReply(s.reply)
	text := s.reply[:n]
	s.reply = s.reply[n:]
	code, _ := strconv.Atoi(string(text[:3]))
	if code >= 200 && len(s.awaited) > 0 {
		if at := s.awaited[0]; at >= 0 && code >= 400 {
			p.lines[at].refused = code
		}
		s.awaited = s.awaited[1:]
	}
	if p.cutAfter > 0 && code == 229 {
		text = p.through(text)
	}
	_, _ = s.client.Write(text)
}

// happened records an event of a control connection.
func (p *proxy) happened(s *session, what string) {
	p.lines = append(p.lines, line{session: s.number, at: time.Now(), text: what})
}

// firstReply returns the length of the first reply in text (RFC 959, section 4.2), and false where it is not complete.
func firstReply(text []byte) (n int, whole bool) {
	code := ""
	for l := range strings.Lines(string(text)) {
		if !strings.HasSuffix(l, "\n") {
			return 0, false
		}
		n += len(l)
		switch {
		case len(l) < 5:
		case code == "" && l[3] == '-':
			code = l[:3]
		case code == "" || l[:3] == code && l[3] == ' ':
			return n, true
		}
	}
	return 0, false
}

// A dataLink carries one data connection of passive mode, in the sections that cut one.
type dataLink struct {
	listener *net.TCPListener
	server   string
	ends     [2]*net.TCPConn // client, server
	ended    [2]bool
	left     int64 // bytes from the client that may still come through
}

var epsvReply = regexp.MustCompile(`\(\|\|\|(\d+)\|\)`)

// through puts a port of the proxy in place of the one that the server names.
func (p *proxy) through(reply []byte) []byte {
	m := epsvReply.FindSubmatch(reply)
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if m == nil || err != nil {
		return reply
	}
	if raw, err := l.SyscallConn(); err == nil { // the client cannot send much more than comes through
		_ = raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 64<<10) })
	}
	host, _, _ := net.SplitHostPort(p.server)
	p.data = append(p.data, &dataLink{listener: l, server: net.JoinHostPort(host, string(m[1])), left: p.cutAfter})
	return epsvReply.ReplaceAll(reply, fmt.Appendf(nil, "(|||%d|)", l.Addr().(*net.TCPAddr).Port))
}

// poll carries on what has come, and reports whether there was anything.
func (d *dataLink) poll() (came bool) {
	if d.ends[0] == nil {
		client := acceptNow(d.listener)
		if client == nil {
			return false
		}
		server, err := net.Dial("tcp", d.server)
		if err != nil {
			client.Close()
			return true
		}
		d.ends = [2]*net.TCPConn{client, server.(*net.TCPConn)}
	}
	for from, in := range d.ends {
		buf := make([]byte, 32<<10)
		if from == 0 {
			buf = buf[:min(d.left, int64(len(buf)))]
		}
		if d.ended[from] || len(buf) == 0 {
			continue
		}
		n, err := readNow(in, buf)
		came = came || n > 0 || err != nil
		if from == 0 {
			d.left -= int64(n)
		}
		_, _ = d.ends[1-from].Write(buf[:n])
		if err != nil {
			d.ended[from] = true
			_ = d.ends[1-from].CloseWrite()
		}
	}
	return came
}

func (d *dataLink) close() {
	d.listener.Close()
	for _, c := range d.ends {
		if c != nil {
			c.Close()
		}
	}
}

// mayCut returns the data connection that has carried all it may.
func (p *proxy) mayCut() *dataLink {
	for _, d := range p.data {
		if d.left == 0 && p.cutAfter > 0 {
			return d
		}
	}
	return nil
}

// cut breaks a data connection and all control connections, once. The client sees a reset, the server an orderly end,
// since pyftpdlib now and then takes up all of a processor after a reset, for good.
func (p *proxy) cut(d *dataLink) {
	p.cutAfter, p.data = 0, nil
	for _, s := range p.sessions {
		p.happened(s, "(cut)")
		_ = s.client.SetLinger(0)
		s.close()
	}
	p.sessions = nil
	_ = d.ends[0].SetLinger(0)
	d.close()
}

// acceptNow returns a connection that waits to be accepted, nil where there is none.
func acceptNow(l *net.TCPListener) *net.TCPConn {
	raw, err := l.SyscallConn()
	if err != nil {
		return nil
	}
	ready := -1
	_ = raw.Control(func(fd uintptr) {
		if n, _, err := syscall.Accept4(int(fd), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC); err == nil {
			ready = n
		}
	})
	if ready < 0 {
		return nil
	}
	f := os.NewFile(uintptr(ready), "accepted")
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		return nil
	}
	return conn.(*net.TCPConn)
}

// readNow reads what has come, without waiting. It returns io.EOF at the end, and no bytes where nothing has come.
func readNow(c *net.TCPConn, buf []byte) (n int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	cerr := raw.Control(func(fd uintptr) { n, err = syscall.Read(int(fd), buf) })
	switch {
	case cerr != nil:
		return 0, cerr
	case err == syscall.EAGAIN || err == syscall.EINTR:
		return 0, nil
	case err != nil:
		return 0, err
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}
