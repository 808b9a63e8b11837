//go:build darwin || freebsd

package local

import (
	"time"

	"golang.org/x/sys/unix"
)

// booted returns when the system was started, or now where that is not told.
func booted() time.Time {
	tv, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return time.Now()
	}
	return time.Unix(tv.Unix())
}
