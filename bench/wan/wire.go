package wan

import "time"

// longestQueue is how long a packet may wait for the wire. What would wait longer is dropped, as the queue of a router
// does it.
const longestQueue = 100 * time.Millisecond

// wire says when packets come out of one direction of the link. It is a value of times only, and knows no clock.
type wire struct {
	delay time.Duration
	rate  int64     // bytes a second, 0 without limit
	free  time.Time // when the last bit of the packet before is sent
}

// send is when a packet that is handed over now arrives at the other end; false, when it is dropped.
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
