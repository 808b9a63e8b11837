package ftp

import (
	"errors"
	"io"
	"net"
	"os"
)

// Sizes of the pieces in which data goes through a data connection, in bytes.
const (
	firstReadBytes    = 32 << 10  // the first read of a source, whose upload may still be refused
	loopbackReadBytes = 32 << 10  // later reads, for a server on this machine
	sendBytes         = 256 << 10 // later reads, for any other server
	kernelCopyBytes   = 1 << 20   // copied by the kernel at a time
	tlsWriteBytes     = 256 << 10 // TLS records that are written at once
	tlsReadBytes      = 256 << 10 // TLS records that are read at once
	maxTLSRecord      = 16645     // one TLS record with its header (RFC 8446, section 5.2)
)

// ReadFrom implements [io.ReaderFrom]. It sends all that r has, in large pieces.
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

// canCopyInKernel reports whether the kernel may copy the source into the socket.
// That needs neither TLS nor a throttle. A server on this machine is faster with
// small pieces that are still in the processor's cache.
func (d *dataConn) canCopyInKernel() bool {
	return d.sock != nil && d.tls == nil && d.sock.up == nil && d.written > 0 && !d.t.early && !d.onLoopback
}

// isLoopback reports whether a is an address of the loopback interface.
func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// copyInKernel has the kernel copy the next piece of source and returns its
// length. Like [timedConn.Write] it gives up when not a single byte could be sent
// for the timeout.
func (d *dataConn) copyInKernel(source KernelSource) (int64, error) {
	c := d.sock
	tcp, ok := c.Conn.(*net.TCPConn)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	if err := c.deadlines.arm(&c.limit, nil, tcp.SetWriteDeadline); err != nil {
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
