package socket

import (
	"net"

	"golang.org/x/sys/unix"
)

// KeepsPieces says that the system sends each piece of [Conn.WritePiece] in a TCP
// segment of its own.
const KeepsPieces = true

// WritePiece is Write for a piece that is to arrive as it is. The system would otherwise
// put what waits to be sent into one segment with the next pieces, and cut that anywhere,
// whatever TCP_NODELAY says. MSG_EOR forbids it, when the segment is sent again as well.
func (c *Conn) WritePiece(p []byte) (int, error) {
	tcp, ok := c.Conn.(*net.TCPConn)
	if !ok {
		return c.Write(p)
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, err
	}
	sent := 0
	for sent < len(p) && err == nil {
		if err = c.deadlines.arm(&c.limit, nil, tcp.SetWriteDeadline); err != nil {
			return sent, err
		}
		var failed error
		err = raw.Write(func(fd uintptr) bool {
			var n int
			n, failed = unix.SendmsgN(int(fd), p[sent:], nil, nil, unix.MSG_EOR|unix.MSG_NOSIGNAL)
			sent += max(n, 0)
			if failed == unix.EINTR {
				failed = nil // the loop above goes on
			}
			return failed != unix.EAGAIN
		})
		if err == nil {
			err = failed
		}
	}
	return sent, c.deadlines.explain(err)
}
