package watch

import "time"

// A backoff is a series of delays that grows by a factor, up to a maximum.
type backoff struct {
	first, max time.Duration
	factor     float64
}

var (
	unreachableBackoff = backoff{time.Second, 5 * time.Minute, 2}      // after a connection that failed
	loginBackoff       = backoff{time.Minute, 30 * time.Minute, 3}     // after a refused login: servers lock out clients that try too often
	unsafeBackoff      = backoff{30 * time.Second, 5 * time.Minute, 2} // for hints while a rail halts the pair
	fileBackoff        = backoff{5 * time.Second, 30 * time.Minute, 2} // after a local path that failed
	dirBackoff         = backoff{5 * time.Second, 5 * time.Minute, 2}  // after a failure in a directory of the server
	fullBackoff        = backoff{time.Minute, 30 * time.Minute, 2}     // after a full pass in which unknown paths failed
	echoBackoff        = backoff{time.Second, time.Minute, 2}          // for hints that keep leading to nothing
)

// delay returns how long to wait after the given number of failures in a row.
// jitter, from 0 to 1, changes the delay by up to a quarter either way, but never
// beyond the maximum.
func (b backoff) delay(tries int, jitter float64) time.Duration {
	d := float64(b.first)
	for range min(tries-1, 64) {
		if d *= b.factor; d >= float64(b.max) {
			break
		}
	}
	return time.Duration(min(d*(0.75+jitter/2), float64(b.max)))
}
