package ftpserver

import (
	"math/rand/v2"
	"net"
)

// The ports that listenFree tries. They are below the ports that systems usually choose for outgoing connections.
const (
	firstPort = 10_000
	lastPort  = 32_000
)

// listenFree listens on a free port. It tries random ports first, because a system with thousands of connections in
// TIME_WAIT takes long to choose a free port.
func listenFree(ip net.IP) (*net.TCPListener, error) {
	for range 20 {
		port := firstPort + rand.IntN(lastPort-firstPort)
		if l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: ip, Port: port}); err == nil {
			return l, nil
		}
	}
	return net.ListenTCP("tcp", &net.TCPAddr{IP: ip})
}
