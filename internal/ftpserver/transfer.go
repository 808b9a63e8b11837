package ftpserver

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
)

// errCut is what a transfer ends with when a fault has cut it.
var errCut = errors.New("cut by a fault")

// transfer carries out a command that needs a data connection: the library does the work, over a data connection of
// its own, and the bytes are handed on. The reply is the final one; the 150 has been sent before.
func (s *session) transfer(verb, arg string, hits effects) (reply, error) {
	d := s.data
	defer s.setData(nil)
	if s.srv.opts.ForceTLS && !s.private {
		return replyOf("522 Data connections must be encrypted."), nil
	}
	if d == nil {
		return replyOf("425 Use PORT or PASV first."), nil
	}
	list, line := s.transferLine(verb, arg)
	inner, r, err := s.back.transfer(line)
	if err != nil || inner == nil {
		return r, err
	}
	defer inner.Close()
	outcome := s.move(d, inner, verb, list, hits)
	if outcome != nil && !errors.Is(outcome, errCut) {
		_ = inner.SetLinger(0) // so that the library fails, too
	}
	inner.Close()
	r, err = s.back.read()
	if err != nil || outcome == nil {
		return r, err
	}
	s.note(verb + " broken off: " + outcome.Error())
	return s.broken(outcome), nil
}

// broken is the final reply of a transfer that did not come to its end.
func (s *session) broken(outcome error) reply {
	var failed failedConnect
	switch {
	case errors.Is(outcome, errNotResumed):
		s.quit = true // as vsftpd does
		return replyOf("522 SSL connection failed; session reuse required.")
	case errors.As(outcome, &failed):
		return replyOf("425 Can't open data connection.")
	}
	return replyOf("426 Connection closed; transfer aborted.")
}

// failedConnect is an error before the first byte.
type failedConnect struct{ error }

// move makes the client's data connection, says 150, and moves the bytes.
func (s *session) move(d *dataPort, inner *net.TCPConn, verb string, list listing, hits effects) error {
	if err := d.connect(s.ctx, hostOf(s.raw.RemoteAddr()), s.srv.opts.DataTimeout); err != nil {
		return failedConnect{err}
	}
	held := effects(nil)
	if hits.hold() {
		held = hits
	}
	s.send(replyOf("150 Opening data connection."), held)
	outer, err := s.secureData(d.conn, hits)
	if err != nil {
		if errors.Is(err, errNotResumed) {
			return err
		}
		return failedConnect{err}
	}
	if verb == "STOR" || verb == "APPE" {
		err = s.receive(inner, outer, d.conn, hits.data())
	} else {
		err = s.deliver(outer, d.conn, inner, list, hits)
	}
	if d.wasAborted() && err == nil {
		err = net.ErrClosed
	}
	return err
}

// receive moves a file from the client to the library.
func (s *session) receive(inner io.Writer, outer net.Conn, tcp *net.TCPConn, fault *Fault) error {
	if fault == nil {
		if _, err := io.Copy(inner, lenient{outer}); err != nil {
			return err
		}
		_ = finish(outer) // the client may be gone, and has sent everything
		return nil
	}
	_, err := io.CopyN(inner, lenient{outer}, fault.Data.at)
	if err != nil && err != io.EOF {
		return err
	}
	if err == io.EOF {
		_ = finish(outer)
		return nil // the file was shorter than the fault
	}
	if fault.Data.kind == shortenData {
		_, err = io.Copy(io.Discard, lenient{outer})
		_ = finish(outer)
		return err
	}
	return s.strikeData(outer, tcp, fault)
}

// deliver moves a file or a listing from the library to the client, and ends the data connection.
func (s *session) deliver(outer net.Conn, tcp *net.TCPConn, inner io.Reader, list listing, hits effects) error {
	var source = inner
	if list.is {
		data, err := io.ReadAll(inner)
		if err != nil {
			return err
		}
		source = strings.NewReader(s.render(string(data), list, hits))
	}
	fault := hits.data()
	if fault == nil {
		if _, err := io.Copy(outer, source); err != nil {
			return err
		}
		return finish(outer)
	}
	n, err := io.CopyN(outer, source, fault.Data.at)
	if err != nil && err != io.EOF {
		return err
	}
	if n < fault.Data.at {
		return finish(outer) // shorter than the fault
	}
	return s.strikeData(outer, tcp, fault)
}

// finish ends a data connection on which everything was sent.
func finish(outer net.Conn) error {
	if over, ok := outer.(*tls.Conn); ok {
		if err := over.CloseWrite(); err != nil {
			return err
		}
	}
	return outer.Close()
}

// strikeData does what a fault wants when its place in the data has come. The result is nil when the client is to hear
// the library's own reply.
func (s *session) strikeData(outer net.Conn, tcp *net.TCPConn, fault *Fault) error {
	if fault.Hook != nil {
		fault.Hook()
	}
	switch fault.Data.kind {
	case stallData:
		s.flush()
		<-s.ctx.Done()
		return net.ErrClosed
	case shortenData:
		return finish(outer)
	case resetData:
		_ = tcp.SetLinger(0)
		tcp.Close()
	case dropData:
		tcp.Close()
	case cutData:
		_ = finish(outer)
	}
	return errCut
}

// lenient reads data over TLS from clients that end it without a close_notify, as many do.
type lenient struct{ net.Conn }

func (l lenient) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
