//go:build !unix

package ftpserver

import "net"

// shortenQueue does nothing: these systems do not let a program change the queue of a listener.
func shortenQueue(*net.TCPListener) {}
