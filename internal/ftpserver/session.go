package ftpserver

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"path"
	"strings"
	"sync"
	"time"
)

// maxLine is the longest command line that is read, in bytes.
const maxLine = 8192

// session is one control connection of a client.
type session struct {
	srv     *Server
	number  int
	tooMany bool
	ctx     context.Context // ends when the client goes away or the server closes
	cancel  context.CancelFunc

	lines  chan string   // commands, in order
	resume chan struct{} // the reader may go on, after AUTH

	// The fields below belong to the goroutine of run, but for conn and data under mu.
	mu       sync.Mutex
	raw      net.Conn
	conn     net.Conn // raw, or TLS above it
	data     *dataPort
	tls      *tls.Config
	secure   bool // TLS on the control connection
	private  bool // PROT P
	back     *backend
	cwd      string
	loggedIn bool
	held     bytes.Buffer // replies that wait for the next one
	epsvAll  bool
	quit     bool
	rough    bool // no last reply, no close_notify
}

func newSession(srv *Server, number int, conn net.Conn, tooMany bool) *session {
	s := &session{
		srv: srv, number: number, tooMany: tooMany, raw: conn, conn: conn, cwd: "/",
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

// run serves the client until one of the two leaves.
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
	if s.back, err = dialBackend(s.srv.backend); err != nil {
		s.note("no library: " + err.Error())
		return
	}
	defer s.back.close()
	for !s.quit {
		line, ok := s.next()
		if !ok {
			return
		}
		s.handle(line)
	}
	s.flush()
}

// lingering is how long a client has to read the last reply.
const lingering = 2 * time.Second

// leave closes the connections. Unless a fault wants it rough, the client is let read the last reply: closing at once
// while commands of the client lie unread would make the system reset the connection and throw the reply away.
func (s *session) leave() {
	defer s.drop()
	if s.rough {
		return
	}
	if over, ok := s.control().(*tls.Conn); ok {
		_ = over.CloseWrite()
	}
	_ = s.raw.(*net.TCPConn).CloseWrite()
	timer := time.NewTimer(lingering)
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

// greet sends the greeting, and says whether the session goes on.
func (s *session) greet() bool {
	hits := s.strike("CONNECT", "")
	switch {
	case hits.stall():
		s.wait()
		return false
	case hits.refuse() != "":
		s.send(replyOf(hits.refuse()), hits)
		return !hits.close()
	case hits.close():
		s.rough = true
		return false
	case s.tooMany && !s.srv.opts.TooManyAtLogin:
		s.send(replyOf(s.srv.opts.TooMany), nil)
		return false
	}
	s.send(replyOf("220 ferry's own FTP server"), hits)
	return true
}

// next is the next command. Replies that were held back go out when none is on its way.
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

// read reads commands and hands them on in order. It sees at once that the client is gone, or aborts a transfer.
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
			// What was sent in clear behind AUTH is thrown away with the old reader.
			select {
			case <-s.resume:
				r = bufio.NewReaderSize(s.control(), maxLine)
			case <-s.ctx.Done():
				return
			}
		}
	}
}

// abortData ends a running transfer.
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

// startTLS puts TLS on the control connection.
func (s *session) startTLS() bool {
	conn := tls.Server(s.raw, s.tls)
	if err := conn.HandshakeContext(s.ctx); err != nil {
		s.note("TLS handshake: " + err.Error())
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn, s.secure = conn, true
	return true
}

// handle carries out one command and answers it, with whatever faults are meant for it.
func (s *session) handle(raw string) {
	line := s.decode(raw)
	s.note2(">", line)
	verb, arg := verbOf(line), argOf(line)
	hits := s.strike(verb, s.pathOf(verb, arg))
	switch {
	case hits.stall():
		s.wait()
		return
	case hits.refuse() != "":
		if verb == "AUTH" {
			s.resume <- struct{}{}
		}
		s.send(replyOf(hits.refuse()), hits)
		s.quit = s.quit || hits.close()
		return
	case hits.close() && hits.reply() == "" && hits.data() == nil:
		s.quit, s.rough = true, true
		return
	}
	r, err := s.execute(verb, arg, hits)
	if err != nil {
		if !errors.Is(err, net.ErrClosed) {
			s.note("closing: " + err.Error())
		}
		s.quit = true
		return
	}
	s.answer(verb, r, hits)
}

// answer sends the reply to a command that was carried out.
func (s *session) answer(verb string, r reply, hits effects) {
	if hits.lose() {
		s.held.Reset()
		s.quit, s.rough = true, true
		return
	}
	if text := hits.reply(); text != "" {
		r = replyOf(text)
	}
	s.send(r, hits)
	s.quit = s.quit || hits.close() || verb == "QUIT" || r.code() == 421
	if verb == "AUTH" {
		if r.code() == 234 && !s.startTLS() {
			s.quit = true
		}
		s.resume <- struct{}{}
	}
}

// execute carries a command out: those of TLS and of data connections itself, the rest by the library.
func (s *session) execute(verb, arg string, hits effects) (reply, error) {
	if r := s.refused(verb, arg); r != nil {
		return r, nil
	}
	switch verb {
	case "AUTH":
		return s.auth(arg), nil
	case "PBSZ", "PROT":
		return s.protect(verb, arg), nil
	case "PASV", "EPSV":
		return s.passive(verb, arg, hits.port()), nil
	case "PORT", "EPRT":
		return s.active(verb, arg, hits.port()), nil
	case "LIST", "NLST", "MLSD", "RETR", "STOR", "APPE":
		return s.transfer(verb, arg, hits)
	case "FEAT":
		return s.features()
	case "ABOR":
		return replyOf("226 ABOR command successful."), nil
	case "USER":
		s.loggedIn = false
	case "PASS":
		if s.tooMany {
			s.quit = true
			return replyOf(s.srv.opts.TooMany), nil
		}
	case "MDTM":
		if stamp, name, ok := strings.Cut(arg, " "); ok && s.srv.opts.MDTMSets && len(stamp) == 14 {
			return s.back.do("MFMT " + stamp + " " + name)
		}
	}
	r, err := s.back.do(strings.TrimRight(verb+" "+arg, "\r\n"))
	if err == nil {
		s.follow(verb, arg, r)
	}
	return r, err
}

// follow keeps the current directory in mind, since faults are chosen by absolute paths.
func (s *session) follow(verb, arg string, r reply) {
	if !r.good() {
		return
	}
	switch verb {
	case "CWD":
		s.cwd = s.absolute(arg)
	case "CDUP":
		s.cwd = path.Dir(s.cwd)
	case "PASS":
		s.loggedIn = true
	}
}

func (s *session) absolute(name string) string {
	if strings.HasPrefix(name, "/") {
		return path.Clean(name)
	}
	return path.Join(s.cwd, name)
}

func (s *session) strike(verb, name string) effects {
	hits := s.srv.faults.strike(s.number, verb, name, func(name string) bool {
		_, err := s.srv.files.lstat(name)
		return err == nil
	})
	if len(hits) > 0 {
		s.note("fault on " + verb + " " + name)
	}
	hits.hooks()
	return hits
}

// wait does nothing until the client goes away.
func (s *session) wait() {
	s.flush()
	<-s.ctx.Done()
	s.quit, s.rough = true, true
}

// send writes a reply, whole or in pieces, or keeps it for later.
func (s *session) send(r reply, hits effects) {
	for _, line := range r {
		s.note2("<", line)
		s.held.WriteString(s.encode(line) + "\r\n")
	}
	if hits.hold() {
		return
	}
	if n := hits.pieces(); n > 0 {
		s.sendPieces(n)
		return
	}
	s.flush()
}

// sendPieces writes what is held in pieces that are apart in time, so that they arrive apart.
func (s *session) sendPieces(n int) {
	for s.held.Len() > 0 {
		if _, err := s.conn.Write(s.held.Next(n)); err != nil {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *session) flush() {
	if s.held.Len() > 0 {
		_, _ = s.held.WriteTo(s.conn) // a client that is gone is noticed by read
		s.held.Reset()
	}
}

func (s *session) note(text string)        { s.note2("!", text) }
func (s *session) note2(mark, text string) { s.srv.script.add(s.number, mark, text) }

func verbOf(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	return strings.ToUpper(verb)
}

func argOf(line string) string {
	_, arg, _ := strings.Cut(line, " ")
	return arg
}
