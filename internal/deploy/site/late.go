package site

import (
	"context"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
)

// lookAgain are the waits between looks at a server that does not show yet what it has just
// said, or that may still do what it has refused. Tests shorten them.
var lookAgain = []time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}

// grace is how long a change goes on after it was cancelled.
const grace = 1500 * time.Millisecond

// mostFruitless is how often this process waits in vain for a server that was never seen to
// show something late.
const mostFruitless = 2

// lateness is what this process knows of how late a server shows changes.
type lateness struct {
	mu        stdsync.Mutex
	fruitless int
}

// isLate reports whether the server is known to show changes only after some time.
func (srv *Server) isLate() bool { return !srv.features.Has(ftp.ShowsChangesAtOnce) }

// showsLater looks again after each of waits until what was expected is there. A server
// that shows it then is known to be late.
func (srv *Server) showsLater(ctx context.Context, waits []time.Duration, look func(ctx context.Context) bool) bool {
	l := &srv.late
	l.mu.Lock()
	vain := l.fruitless >= mostFruitless
	l.mu.Unlock()
	if vain && !srv.isLate() {
		return false
	}
	for _, wait := range waits {
		if ftp.Sleep(ctx, wait) != nil {
			return false
		}
		if look(ctx) {
			srv.features.Observe(ftp.ShowsChangesAtOnce, false)
			return true
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fruitless++
	return false
}
