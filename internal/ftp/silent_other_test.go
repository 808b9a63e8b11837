//go:build !linux

package ftp

import "testing"

func silentPort(t *testing.T) int {
	t.Skip("no way to make a port silent on this system")
	return 0
}
