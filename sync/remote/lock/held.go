package lock

import (
	stdsync "sync"

	"ferry/internal/ftp"
)

// held is what is known of a lock while it is held.
type held struct {
	mu       stdsync.Mutex
	stop     func() // ends the signs of life, and waits for the one under way
	released bool
}

// begin notes that the lock is held. stop may be called more than once.
func (h *held) begin(stop func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stop, h.released = stop, false
}

// end ends the signs of life. It reports whether the lock was released already.
func (h *held) end() (released bool) {
	h.mu.Lock()
	stop := h.stop
	h.mu.Unlock()
	if stop != nil {
		stop()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.released
}

// note takes the reply to the command that removes the lock.
func (h *held) note(r ftp.Reply) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.released = h.released || r.OK()
}

// QueueRelease adds the release of the lock to b, where it costs no round trip of its own. The
// signs of life end first. Where the server does not confirm it, or shows changes late, the
// function that [Lock.Take] has returned releases the lock.
func (l *Lock) QueueRelease(b *ftp.Batch, f *ftp.Features) {
	if l.held.end() || !f.Has(ftp.ShowsChangesAtOnce) {
		return
	}
	l.queueRemove(b, f, l.dir(), "lock", nil, l.held.note, nil)
}
