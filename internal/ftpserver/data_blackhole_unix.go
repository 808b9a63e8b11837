//go:build unix

package ftpserver

import (
	"net"
	"syscall"
)

// shortenQueue sets the length of a listener's queue to the minimum.
func shortenQueue(listener *net.TCPListener) {
	raw, err := listener.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _ = syscall.Listen(int(fd), 0) })
}
