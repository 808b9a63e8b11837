package ftp

import (
	"errors"
	"io"
	"net"
	"os"
)

// Sizes of what goes through a data connection in one piece.
const (
	firstReadBytes    = 32 << 10  // read from a source that may not be wanted
	loopbackReadBytes = 32 << 10  // read from it for a server on this machine
	sendBytes         = 256 << 10 // read from it then
	kernelCopyBytes   = 1 << 20   // moved by the system
	tlsWriteBytes     = 256 << 10 // of TLS records
	tlsReadBytes      = 256 << 10 // of TLS records that are read
	maxTLSRecord      = 16645     // of one record: RFC 8446, section 5.2
)

// ReadFrom implements [io.ReaderFrom]: it sends all that r has, in large pieces.
func (d *dataConn) ReadFrom(r io.Reader) (sent int64, err error) {
	buf := sendBuffers.Get().(*[]byte)
	defer sendBuffers.Put(buf)
	for {
		if source, ok := r.(KernelSource); ok && d.canCopyInKernel() {
			n, err := d.copyInKernel(source)
			sent += n
			if n > 0 && err == nil {
				continue
			}
			if err != nil && !errors.Is(err, errors.ErrUnsupported) {
				return sent, err
			}
		}
		piece := *buf
		switch {
		case d.written == 0:
			piece = piece[:firstReadBytes]
		case d.onLoopback && d.tls == nil:
			piece = piece[:loopbackReadBytes]
		}
		n, rerr := r.Read(piece)
		if n > 0 {
			written, err := d.Write((*buf)[:n])
			sent += int64(written)
			if err != nil {
				return sent, err
			}
		}
		if rerr == io.EOF {
			return sent, nil
		} else if rerr != nil {
			return sent, rerr
		}
	}
}

// direct reports whether bytes may go into the socket as they are. A server on
// this machine copies what we moved out of cold memory; it is quicker, by a
// third, with small pieces that were in the processor's cache a moment ago.
func (d *dataConn) canCopyInKernel() bool {
	return d.sock != nil && d.tls == nil && d.sock.up == nil && d.written > 0 && !d.t.early && !d.onLoopback
}

// onThisMachine reports whether a is an address of the loopback interface.
func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// move has the system copy the next piece of m. Like [wire.Write] it gives up
// when not a single byte could be sent for the timeout.
func (d *dataConn) copyInKernel(source KernelSource) (int64, error) {
	c := d.sock
	tcp, ok := c.Conn.(*net.TCPConn)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	if err := c.deadlines.arm(&c.limit, tcp.SetWriteDeadline); err != nil {
		return 0, err
	}
	n, err := source.MoveTo(tcp, kernelCopyBytes)
	d.written += n
	if c.counted != nil {
		c.counted.up.Add(n)
	}
	if n > 0 && errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.context().Err() == nil {
		err = nil
	}
	return n, c.deadlines.explain(err)
}
