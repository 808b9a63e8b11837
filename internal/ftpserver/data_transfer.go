package ftpserver

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
)

// transfer carries out a command that needs a data connection. The library does
// the work over a data connection of its own, and the session relays the bytes. It
// returns the final reply; the 150 was sent before.
func (s *session) transfer(verb, arg string, hits effects) (reply, error) {
	d := s.data
	defer s.setData(nil)
	if s.srv.opts.ForceTLS && !s.private {
		return replyOf("522 Data connections must be encrypted."), nil
	}
	if d == nil {
		return replyOf("425 Use PORT or PASV first."), nil
	}
	list, line := s.backendCommand(verb, arg)
	backend, r, err := s.backend.transfer(line)
	if err != nil || backend == nil {
		return r, err
	}
	defer backend.Close()
	failure := s.relay(d, backend, verb, list, hits)
	if failure != nil && !errors.Is(failure, errCut) {
		_ = backend.SetLinger(0) // so that the library sees a failure, too
	}
	backend.Close()
	r, err = s.backend.read()
	if err != nil || failure == nil {
		return r, err
	}
	s.remark(verb + " failed: " + failure.Error())
	return s.failedReply(failure), nil
}

// failedReply returns the final reply to a transfer that failed.
func (s *session) failedReply(failure error) reply {
	var connect dataConnectError
	switch {
	case errors.Is(failure, errNotResumed):
		s.quit = true // as vsftpd does
		return replyOf("522 SSL connection failed; session reuse required.")
	case errors.As(failure, &connect):
		return replyOf("425 Can't open data connection.")
	}
	return replyOf("426 Connection closed; transfer aborted.")
}

// dataConnectError is an error from before the first byte of data.
type dataConnectError struct{ error }

// relay connects to the client, sends the 150, and copies the data between the
// client and the library.
func (s *session) relay(d *dataPort, backend *net.TCPConn, verb string, list listingRequest, hits effects) error {
	peer := ipOf(s.raw.RemoteAddr())
	if s.srv.opts.Foreign {
		peer = nil // anybody
	}
	if err := d.connect(s.ctx, peer, s.srv.opts.DataTimeout); err != nil {
		return dataConnectError{err}
	}
	held := effects(nil)
	if hits.hold() {
		held = hits
	}
	s.sendStart(verb, hits.start(), held)
	data, err := s.secureData(d.conn, hits)
	if err != nil {
		if errors.Is(err, errNotResumed) {
			return err
		}
		return dataConnectError{err}
	}
	c := dataConns{tcp: d.conn, data: data}
	if verb == "STOR" || verb == "APPE" {
		err = s.upload(backend, c, hits.data())
	} else {
		err = s.download(c, backend, list, hits)
	}
	if d.wasAborted() && err == nil {
		err = net.ErrClosed
	}
	if hits.start() == LateStart {
		s.sendStart(verb, "", held)
	}
	return err
}

// sendStart sends the preliminary reply of a transfer, as a fault has it.
func (s *session) sendStart(verb, start string, held effects) {
	switch start {
	case NoStart, LateStart:
		return
	case "":
		start = "150 Opening data connection."
	}
	s.sendReply(s.srv.opts.inItsWords(verb, replyOf(start)), held)
}

// upload copies a file from the client to the library.
func (s *session) upload(backend io.Writer, c dataConns, fault *Fault) error {
	sent, err := s.incoming(c)
	if err != nil {
		return err
	}
	if fault != nil {
		return s.uploadWithFault(backend, c, sent, fault)
	}
	if _, err := io.Copy(backend, sent); err != nil {
		return err
	}
	_ = finish(c.data) // the client has sent everything and may be gone
	return nil
}

// download copies a file or a listing from the library to the client, and ends the
// data connection.
func (s *session) download(c dataConns, backend io.Reader, list listingRequest, hits effects) error {
	source := backend
	if list.isListing {
		lines, err := io.ReadAll(backend)
		if err != nil {
			return err
		}
		source = strings.NewReader(s.renderListing(string(lines), list, hits))
	}
	source, err := s.outgoing(source)
	if err != nil {
		return err
	}
	if pipe, ok := source.(*io.PipeReader); ok {
		defer pipe.Close()
	}
	if fault := hits.data(); fault != nil {
		return s.downloadWithFault(c, source, fault)
	}
	if _, err := io.Copy(c.data, source); err != nil {
		return err
	}
	return finish(c.data)
}

// finish ends a data connection in good order.
func finish(data net.Conn) error {
	if secure, ok := data.(*tls.Conn); ok {
		if err := secure.CloseWrite(); err != nil {
			return err
		}
	}
	return data.Close()
}

// lenient reads from a client that may end TLS without a close_notify, as many do.
type lenient struct{ net.Conn }

func (l lenient) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
