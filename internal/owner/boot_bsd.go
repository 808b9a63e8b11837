//go:build darwin || freebsd

package owner

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// bootID stands for this machine since it was started; "" where that is not known. The
// time of the start moves with the clock. Then a lock of the same machine is taken for
// that of another, which only costs time.
func bootID() string {
	machine, _ := unix.Sysctl("kern.hostuuid")
	at, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return machine
	}
	return machine + " " + strconv.FormatInt(at.Sec, 10)
}
