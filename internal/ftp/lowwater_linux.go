package ftp

import (
	"net"
	"syscall"
)

// setLowWater lets a reader be woken when bytes have come, or the end; 0: at any byte.
// It is a matter of speed only, so a refusal is none of anybody's business.
func setLowWater(conn net.Conn, bytes int) {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT, max(bytes, 1))
	})
}
