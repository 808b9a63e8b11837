//go:build !linux

package ftp

import "net"

// setLowWater does nothing where it is not known to wake the reader in time.
func setLowWater(net.Conn, int) {}
