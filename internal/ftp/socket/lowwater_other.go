//go:build !linux

package socket

import "net"

// setLowWater does nothing: other systems are not known to wake the reader in time.
func setLowWater(net.Conn, int) {}
