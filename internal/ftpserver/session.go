package ftpserver

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"time"
)

// maxLine is the longest command line in bytes.
const maxLine = 8192

// session is the control connection of one client.
type session struct {
	srv       *Server
	number    int
	overLimit bool
	ctx       context.Context // ends when the client goes away or the server closes
	cancel    context.CancelFunc

	lines  chan string   // commands, in order
	resume chan struct{} // lets the reader continue after AUTH

	// The fields below belong to the goroutine of run, except conn and data, which mu protects.
	mu       sync.Mutex
	raw      net.Conn
	conn     net.Conn // raw, or TLS above it
	data     *dataPort
	tls      *tls.Config
	secure   bool // TLS on the control connection
	private  bool // PROT P
	hello    bool // SSCN ON: the TLS client on data connections
	backend  *backend
	cwd      string
	loggedIn bool
	// renameFrom is the path of the last RNFR.
	renameFrom string
	held       bytes.Buffer // replies that are not sent yet
	epsvAll    bool
	deflate    bool // MODE Z
	quit       bool
	abrupt     bool // close without waiting for the client, and without close_notify
}

func newSession(srv *Server, number int, conn net.Conn, tooMany bool) *session {
	s := &session{
		srv: srv, number: number, overLimit: tooMany, raw: conn, conn: conn, cwd: "/",
		lines: make(chan string, 4096), resume: make(chan struct{}, 1),
	}
	s.ctx, s.cancel = context.WithCancel(srv.ctx)
	return s
}

// drop cuts all connections of the session, from any goroutine.
func (s *session) drop() {
	s.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raw.Close()
	s.data.abort()
}

// run serves the client until one of the two ends the session.
func (s *session) run() {
	if s.srv.cert != nil {
		s.tls = s.srv.tlsConfig(s.srv.cert)
	}
	if s.srv.opts.TLS == Implicit && !s.startTLS() {
		return
	}
	s.srv.done.Go(s.read)
	if !s.greet() {
		return
	}
	var err error
	if s.backend, err = dialBackend(s.srv.backend); err != nil {
		s.remark("no library: " + err.Error())
		return
	}
	defer s.backend.close()
	for !s.quit {
		line, ok := s.next()
		if !ok {
			return
		}
		s.handle(line)
	}
	s.flush()
}

// lingerTime is how long the server waits for a client to read the last reply.
const lingerTime = 2 * time.Second

// close closes the connections. It gives the client time to read the last reply, unless a fault ends the session
// abruptly: if commands of the client were still unread, closing at once would reset the connection and lose the reply.
func (s *session) close() {
	defer s.drop()
	if s.abrupt {
		return
	}
	if over, ok := s.control().(*tls.Conn); ok {
		_ = over.CloseWrite()
	}
	_ = s.raw.(*net.TCPConn).CloseWrite()
	timer := time.NewTimer(lingerTime)
	defer timer.Stop()
	for {
		select {
		case _, ok := <-s.lines:
			if !ok {
				return
			}
		case <-timer.C:
			return
		case <-s.srv.ctx.Done():
			return
		}
	}
}

// greet sends the greeting, and reports whether the session continues.
func (s *session) greet() bool {
	hits := s.matchFaults("CONNECT", "", "")
	switch {
	case hits.stall():
		s.stall()
		return false
	case hits.refuse() != "":
		s.sendReply(replyOf(hits.refuse()), hits)
		return !hits.close()
	case hits.close():
		s.abrupt = true
		return false
	case s.overLimit && !s.srv.opts.TooManyAtLogin:
		s.sendReply(replyOf(s.srv.opts.TooMany), nil)
		return false
	}
	s.sendReply(replyOf(cmp.Or(s.srv.opts.Greeting, "220 ferry's own FTP server")), hits)
	return true
}

// next returns the next command. If the client has sent none yet, held replies are sent first.
func (s *session) next() (string, bool) {
	select {
	case line, ok := <-s.lines:
		return line, ok
	default:
	}
	s.flush()
	select {
	case line, ok := <-s.lines:
		return line, ok
	case <-s.srv.ctx.Done():
		return "", false
	}
}

// read reads commands and passes them on in order. It runs at the same time as the commands, so that it sees ABOR or
// the end of the connection at once.
func (s *session) read() {
	defer close(s.lines)
	defer s.abortData()
	defer s.cancel()
	r := bufio.NewReaderSize(s.conn, maxLine)
	for {
		slice, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		line := strings.TrimRight(string(slice), "\r\n")
		if strings.HasSuffix(strings.ToUpper(line), "ABOR") {
			s.abortData()
		}
		select {
		case s.lines <- line:
		case <-s.ctx.Done():
			return
		}
		if verbOf(line) == "AUTH" {
			// A new reader, so that what the client sent in clear after AUTH is discarded.
			select {
			case <-s.resume:
				r = bufio.NewReaderSize(s.control(), maxLine)
			case <-s.ctx.Done():
				return
			}
		}
	}
}

// abortData aborts a running transfer.
func (s *session) abortData() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data.abort()
}

func (s *session) control() net.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}
