package socket

import (
	"errors"
	"io"
	"net"
	"os"
)

// kernelCopyBytes is how much the kernel copies at a time.
const kernelCopyBytes = 1 << 20

// CopyInKernel has the kernel copy the next piece of a source and returns its length.
// move copies at most that many bytes into the socket. The error wraps
// [errors.ErrUnsupported] where the kernel cannot copy. Like [Conn.Write] it gives up when
// not a single byte could be sent for the timeout.
func (c *Conn) CopyInKernel(move func(to io.ReaderFrom, most int64) (int64, error)) (int64, error) {
	tcp, ok := c.Conn.(*net.TCPConn)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	if err := c.deadlines.arm(&c.limit, nil, tcp.SetWriteDeadline); err != nil {
		return 0, err
	}
	n, err := move(tcp, kernelCopyBytes)
	if c.Counted != nil {
		c.Counted.Up.Add(n)
	}
	if n > 0 && errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.Context().Err() == nil {
		err = nil
	}
	return n, c.deadlines.explain(err)
}
