//go:build !linux

package daemon

// monotonic returns 0. Only systemd, on Linux, uses it.
func monotonic() int64 { return 0 }
