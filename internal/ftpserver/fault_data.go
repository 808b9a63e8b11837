package ftpserver

import (
	"errors"
	"io"
	"net"
)

// A DataFault is what happens to a data connection once a number of bytes of the
// file or listing have passed. The functions below make one. To add a kind, add a
// function like them that says how the connection ends.
type DataFault struct {
	at int64
	// end ends the transfer after at bytes. If it returns nil the client gets the
	// final reply of the library; otherwise the transfer has failed.
	end func(s *session, c dataConns) error
	// takeAll has an upload read to its end. Only at bytes of it are kept.
	takeAll bool
}

// dataConns is a data connection of the client: the TCP connection, and the
// connection that carries the data, which is the same without TLS.
type dataConns struct {
	tcp  *net.TCPConn
	data net.Conn
}

// errCut says that a fault ended the transfer.
var errCut = errors.New("cut by a fault")

// CutAt ends the data connection in good order after n bytes. An uploaded file
// keeps these n bytes. The final reply is 426 unless the fault has a Reply.
func CutAt(n int64) DataFault {
	return DataFault{at: n, end: func(_ *session, c dataConns) error {
		_ = finish(c.data)
		return errCut
	}}
}

// DropAt is CutAt without the close_notify of TLS. Without TLS the two are the same.
func DropAt(n int64) DataFault {
	return DataFault{at: n, end: func(_ *session, c dataConns) error {
		c.tcp.Close()
		return errCut
	}}
}

// ResetAt is CutAt with a TCP reset.
func ResetAt(n int64) DataFault {
	return DataFault{at: n, end: func(_ *session, c dataConns) error {
		_ = c.tcp.SetLinger(0)
		c.tcp.Close()
		return errCut
	}}
}

// StallAt transfers n bytes, and then none until the client goes away.
func StallAt(n int64) DataFault {
	return DataFault{at: n, end: func(s *session, _ dataConns) error {
		s.flush()
		<-s.ctx.Done()
		return net.ErrClosed
	}}
}

// ShortenTo sends only n bytes of a download, or reads a whole upload and keeps
// only n bytes of it. The final reply says that the transfer is complete.
func ShortenTo(n int64) DataFault {
	return DataFault{at: n, takeAll: true, end: func(_ *session, c dataConns) error { return finish(c.data) }}
}

// uploadWithFault is upload for a transfer that a fault strikes.
func (s *session) uploadWithFault(backend io.Writer, c dataConns, sent io.Reader, fault *Fault) error {
	_, err := io.CopyN(backend, sent, fault.Data.at)
	if err != nil && err != io.EOF {
		return err
	}
	if err == io.EOF { // the file is shorter, so the fault does not strike
		_ = finish(c.data)
		return nil
	}
	if fault.Data.takeAll {
		_, err = io.Copy(io.Discard, sent)
		_ = finish(c.data)
		return err
	}
	return s.strikeData(c, fault)
}

// downloadWithFault is download for a transfer that a fault strikes.
func (s *session) downloadWithFault(c dataConns, source io.Reader, fault *Fault) error {
	n, err := io.CopyN(c.data, source, fault.Data.at)
	if err != nil && err != io.EOF {
		return err
	}
	if n < fault.Data.at { // the file is shorter, so the fault does not strike
		return finish(c.data)
	}
	return s.strikeData(c, fault)
}

// strikeData calls the hook of a fault and ends the transfer as the fault says.
func (s *session) strikeData(c dataConns, fault *Fault) error {
	if fault.Hook != nil {
		fault.Hook()
	}
	return fault.Data.end(s, c)
}
