//go:build !unix

package ftpserver

import "net"

// shortenQueue does nothing: the queue stays as long as the system makes it.
func shortenQueue(*net.TCPListener) {}
