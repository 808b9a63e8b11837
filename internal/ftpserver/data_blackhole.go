package ftpserver

import (
	"net"
	"time"
)

// makeBlackHole makes a listener drop new connections. It makes the queue of connections that wait to be accepted as
// short as the system allows, and fills it; the system then drops further packets silently. release undoes that.
func makeBlackHole(listener *net.TCPListener) (release func()) {
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
