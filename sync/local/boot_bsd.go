//go:build darwin || freebsd

package local

import (
	"time"

	"golang.org/x/sys/unix"
)

// bootTime returns when the system was started, or the present time if that is
// unknown.
func bootTime() time.Time {
	tv, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return time.Now()
	}
	return time.Unix(tv.Unix())
}
