package watch

import (
	stdsync "sync"
	"time"
)

const (
	// maxPending is how many changes wait for a slow listener.
	maxPending = 256
	// closeTimeout is how long close waits for the listener.
	closeTimeout = time.Second
)

// A notifier calls a listener with changes, in order, without blocking the sender.
type notifier struct {
	mu      stdsync.Mutex
	pending []Status
	wake    chan struct{} // holds a token when there may be something pending
	done    chan struct{} // closed when the listener has returned for the last time
}

func newNotifier(changed func(Status)) *notifier {
	n := &notifier{wake: make(chan struct{}, 1), done: make(chan struct{})}
	go func() {
		defer close(n.done)
		for range n.wake {
			for _, s := range n.take() {
				changed(s)
			}
		}
	}()
	return n
}

func (n *notifier) take() []Status {
	n.mu.Lock()
	defer n.mu.Unlock()
	pending := n.pending
	n.pending = nil
	return pending
}

// notify queues a change. If too many are pending the oldest is dropped.
func (n *notifier) notify(s Status) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.pending) == maxPending {
		n.pending = n.pending[1:]
	}
	n.pending = append(n.pending, s)
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// close returns when the listener got all changes, or after closeTimeout.
func (n *notifier) close() {
	close(n.wake)
	select {
	case <-n.done:
	case <-time.After(closeTimeout):
	}
}
