package ftp

import (
	"net"

	"ferry/internal/ftp/socket"
)

// listenForData listens at the local address of the control connection, on one of
// Options.ActivePorts.
func (c *controlConn) listenForData() (*socket.Listener, error) {
	ln, err := socket.Listen(c.sock.LocalAddr().(*net.TCPAddr), socket.AddrOf(c.sock.RemoteAddr()), c.opts.ActivePorts)
	if err != nil {
		return nil, &Error{Op: "listening for a data connection", Class: Retry, Err: err,
			Hint: "are the ports for active mode in use, or are there too few of them?"}
	}
	return ln, nil
}
