package socket

import (
	"net"
	"syscall"
)

// setLowWater has a reader of conn wake up once that many bytes, or the end of the
// data, have arrived; 0: at any byte. An error only costs speed, so it is ignored.
func setLowWater(conn net.Conn, bytes int) {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT, max(bytes, 1))
	})
}
