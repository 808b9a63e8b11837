package ftpserver

import (
	"net"
	"time"
)

// digHole makes a listening port swallow connects: its queue of connections that wait to be accepted is made as short as
// the system allows and then filled, whereupon the system drops what else comes, without a word. The result gives
// everything free again.
func digHole(listener *net.TCPListener) (release func()) {
	shortenQueue(listener)
	var filling []net.Conn
	for range 16 {
		conn, err := net.DialTimeout("tcp", listener.Addr().String(), 50*time.Millisecond)
		if err != nil {
			break // full
		}
		filling = append(filling, conn)
	}
	return func() {
		for _, conn := range filling {
			conn.Close()
		}
	}
}
