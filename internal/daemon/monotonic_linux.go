package daemon

import "golang.org/x/sys/unix"

// monotonic is the time of CLOCK_MONOTONIC in microseconds, by which a manager
// knows a reload from the one before.
func monotonic() int64 {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) != nil {
		return 0
	}
	return now.Nano() / 1000
}
