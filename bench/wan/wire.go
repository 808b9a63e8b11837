package wan

import "time"

// longestQueue is the longest time that a packet waits for the wire. A packet that would wait longer is dropped, as in a
// router.
const longestQueue = 100 * time.Millisecond

// wire computes when packets leave one direction of the link. It uses no clock.
type wire struct {
	delay time.Duration
	rate  int64     // bytes per second; 0 means no limit
	free  time.Time // when the last bit of the previous packet is sent
}

// send returns when a packet that is sent now arrives at the other end, or false if it is dropped.
func (w *wire) send(now time.Time, size int) (arrival time.Time, ok bool) {
	start := now
	if w.free.After(now) {
		start = w.free
	}
	if w.rate > 0 {
		if start.Sub(now) > longestQueue {
			return time.Time{}, false
		}
		start = start.Add(time.Duration(float64(size) / float64(w.rate) * float64(time.Second)))
		w.free = start
	}
	return start.Add(w.delay), true
}
