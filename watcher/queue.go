package watcher

import "sync"

// An op is what happened to a name, according to the system.
type op uint8

const (
	opCreate op = iota
	opWrite
	opChmod
	opRemove
	opRename // renamed to something else
	opMark   // nothing happened; see system.Mark
)

// An event is one notification of the system.
type event struct {
	disk string // path
	op   op
}

// maxQueue is how many events can wait to be handled.
const maxQueue = 1 << 17

// A queue holds events until they are handled, so that the smaller queue of the
// system is emptied at once.
type queue struct {
	wake chan struct{} // holds a token when there is something to take

	mu     sync.Mutex
	events []event
	lost   bool
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// put adds an event, unless the last one says the same.
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

// setLost says that events were lost.
func (q *queue) setLost() {
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
