package watcher

import "sync"

// An op is what the system says happened to a name.
type op uint8

const (
	opCreate op = iota
	opWrite
	opChmod
	opRemove
	opRename // this name is no more
)

// An event is what the system says of one name, by its place on disk.
type event struct {
	disk string
	op   op
}

// maxQueue is how many events wait to be handled.
const maxQueue = 1 << 17

// A queue holds events until they are handled, so that the system's own, smaller
// queue is emptied at once whatever else goes on.
type queue struct {
	wake chan struct{} // has one element once there is something to take

	mu     sync.Mutex
	events []event
	lost   bool
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// put adds an event, unless it says what the last one said.
func (q *queue) put(e event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch n := len(q.events); {
	case n > 0 && q.events[n-1] == e && (e.op == opWrite || e.op == opChmod):
		return
	case n == maxQueue:
		q.lost = true
	default:
		q.events = append(q.events, e)
	}
	q.signal()
}

// lose says that events were lost.
func (q *queue) lose() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lost = true
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take empties the queue and reports whether events were lost since.
func (q *queue) take() (events []event, lost bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	events, lost = q.events, q.lost
	q.events, q.lost = nil, false
	return events, lost
}
