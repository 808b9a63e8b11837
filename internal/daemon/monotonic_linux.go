package daemon

import "golang.org/x/sys/unix"

// monotonic returns CLOCK_MONOTONIC in microseconds. Service managers use it to tell
// one reload from the next.
func monotonic() int64 {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) != nil {
		return 0
	}
	return now.Nano() / 1000
}
