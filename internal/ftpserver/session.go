package ftpserver

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"path"
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
	backend  *backend
	cwd      string
	loggedIn bool
	// renameFrom is the path of the last RNFR.
	renameFrom string
	held       bytes.Buffer // replies that are not sent yet
	epsvAll    bool
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

// handle carries out one command and answers it. Faults may change either.
func (s *session) handle(raw string) {
	line := s.decode(raw)
	s.record(">", line)
	verb, arg := verbOf(line), argOf(line)
	hits := s.matchFaults(verb, arg, s.pathOf(verb, arg))
	switch {
	case hits.stall():
		s.stall()
		return
	case hits.later() != nil && verb != "STOR":
		s.sendReply(s.changeLater(verb, s.pathOf(verb, arg), hits.later()), hits)
		return
	case hits.refuse() != "":
		if verb == "AUTH" {
			s.resume <- struct{}{}
		}
		s.sendReply(replyOf(hits.refuse()), hits)
		s.quit = s.quit || hits.close()
		return
	case hits.close() && hits.reply() == "" && hits.data() == nil:
		s.quit, s.abrupt = true, true
		return
	}
	if s.srv.opts.Unquotes {
		arg = unquote(arg)
	}
	if verb == "RNFR" {
		s.renameFrom = s.pathOf(verb, arg)
	}
	r, err := s.execute(verb, arg, hits)
	if fault := hits.later(); err == nil && fault != nil && r.good() {
		s.showLater(s.pathOf(verb, arg), fault)
	}
	if err != nil {
		if !errors.Is(err, net.ErrClosed) {
			s.remark("closing: " + err.Error())
		}
		s.quit = true
		return
	}
	s.finish(verb, r, hits)
}

// finish sends the reply to a command that was carried out.
func (s *session) finish(verb string, r reply, hits effects) {
	if hits.lose() {
		s.held.Reset()
		s.quit, s.abrupt = true, true
		return
	}
	if text := hits.reply(); text != "" {
		r = replyOf(text)
	}
	r = hits.rewrite(s.srv.opts.inItsWords(verb, r))
	s.sendReply(r, hits)
	s.quit = s.quit || hits.close() || verb == "QUIT" || r.code() == 421
	if verb == "AUTH" {
		if r.code() == 234 && !s.startTLS() {
			s.quit = true
		}
		s.resume <- struct{}{}
	}
}

// execute carries out a command: those of TLS and of data connections here, all others in the library.
func (s *session) execute(verb, arg string, hits effects) (reply, error) {
	if r := s.refusal(verb); r != nil {
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
	case "SYST":
		if s.srv.opts.System != "" {
			return replyOf(s.srv.opts.System), nil
		}
	case "ABOR":
		return replyOf("226 ABOR command successful."), nil
	case "USER":
		s.loggedIn = false
	case "PASS":
		if s.overLimit {
			s.quit = true
			return replyOf(s.srv.opts.TooMany), nil
		}
	case "MDTM":
		if stamp, name, ok := strings.Cut(arg, " "); ok && s.srv.opts.MDTMSets && len(stamp) == 14 {
			return s.backend.command("MFMT " + stamp + " " + name)
		}
	}
	r, err := s.backend.command(strings.TrimRight(verb+" "+arg, "\r\n"))
	if err == nil {
		s.track(verb, arg, r)
	}
	return r, err
}

// track updates what the session knows of the client after a successful command. The current directory is needed
// because faults name absolute paths.
func (s *session) track(verb, arg string, r reply) {
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

func (s *session) matchFaults(verb, arg, name string) effects {
	hits := s.srv.faults.match(s.number, verb, arg, name, func(name string) bool {
		_, err := s.srv.files.lstat(name)
		return err == nil
	}, func(name string) bool {
		dir, err := s.srv.files.Open(name)
		if err != nil {
			return false
		}
		defer dir.Close()
		names, err := dir.Readdirnames(1)
		return len(names) == 0 && (err == nil || err == io.EOF)
	})
	if len(hits) > 0 {
		s.remark("fault on " + verb + " " + name)
	}
	hits.hooks()
	return hits
}

// stall waits until the client goes away.
func (s *session) stall() {
	s.flush()
	<-s.ctx.Done()
	s.quit, s.abrupt = true, true
}

// sendReply sends a reply at once or in pieces, or holds it for later, as the faults say.
func (s *session) sendReply(r reply, hits effects) {
	for _, line := range r {
		s.record("<", line)
		s.held.WriteString(s.encodeReply(line) + "\r\n")
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

// sendPieces sends the held replies in pieces of n bytes, with pauses so that the pieces arrive one by one.
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
		_, _ = s.held.WriteTo(s.conn) // read notices if the client is gone
		s.held.Reset()
	}
}

func (s *session) remark(text string)       { s.record("!", text) }
func (s *session) record(mark, text string) { s.srv.transcript.add(s.number, mark, text) }

func verbOf(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	return strings.ToUpper(verb)
}

func argOf(line string) string {
	_, arg, _ := strings.Cut(line, " ")
	return arg
}
