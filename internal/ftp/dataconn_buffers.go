package ftp

import (
	"errors"
	"io"
	stdsync "sync"

	"ferry/internal/ftp/deflate"
	"ferry/internal/ftp/socket"
)

// Sizes of the pieces in which data goes through a data connection, in bytes.
const (
	firstReadBytes    = 32 << 10  // the first read of a source, whose upload may still be refused
	loopbackReadBytes = 32 << 10  // later reads, for a server on this machine
	sendBytes         = 256 << 10 // later reads, for any other server
)

// sendBuffers are the buffers that data connections borrow.
var sendBuffers = stdsync.Pool{New: func() any { b := make([]byte, sendBytes); return &b }}

// ReadFrom implements [io.ReaderFrom]. It sends all that r has, in large pieces.
func (d *dataConn) ReadFrom(r io.Reader) (sent int64, err error) {
	if d.t.Deflate {
		return deflate.Copy(d, r, !d.c.line().IsSlow(deflate.Up))
	}
	buf := sendBuffers.Get().(*[]byte)
	defer sendBuffers.Put(buf)
	for {
		if source, ok := r.(socket.KernelSource); ok && d.canCopyInKernel() {
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
	return d.sock != nil && d.tls == nil && d.sock.Up == nil && d.written > 0 && !d.t.early && !d.onLoopback
}

// copyInKernel has the kernel copy the next piece of source and returns its length.
func (d *dataConn) copyInKernel(source socket.KernelSource) (int64, error) {
	n, err := d.sock.CopyInKernel(source.MoveTo)
	d.written += n
	return n, err
}
