package ftpserver

import (
	"math/rand/v2"
	"net"
)

// The ports that are tried, below those that the usual systems give out by themselves.
const (
	firstPort = 10_000
	lastPort  = 32_000
)

// listenFree listens on a port that is free. Asking the system for any free port takes milliseconds once some thousand
// closed connections are remembered (TIME_WAIT), as after some thousand transfers; trying one port does not.
func listenFree(ip net.IP) (*net.TCPListener, error) {
	for range 20 {
		port := firstPort + rand.IntN(lastPort-firstPort)
		if l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: ip, Port: port}); err == nil {
			return l, nil
		}
	}
	return net.ListenTCP("tcp", &net.TCPAddr{IP: ip})
}
