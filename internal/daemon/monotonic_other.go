//go:build !linux

package daemon

// monotonic is 0: no manager elsewhere asks for it.
func monotonic() int64 { return 0 }
