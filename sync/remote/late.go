package remote

import (
	"context"
	"errors"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
)

// LookAgain are the waits between looks at a server that does not show yet what it has just
// said, or that may still do what it has refused. Some have a cache or a queue between FTP
// and the files. Tests shorten them, before anything runs.
var LookAgain = []time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}

// looksAfterRefusal is how many of these waits a refusal is worth.
const looksAfterRefusal = 4

// mostFruitless is how often this process waits in vain for a server that was never seen to
// show something late.
const mostFruitless = 2

// lateness is what this process knows of how late a server shows changes.
type lateness struct {
	mu        stdsync.Mutex
	delay     time.Duration // the longest so far
	fruitless int
	removed   stdsync.Map // the places of what was removed in this pass
}

// stillShows reports whether err says that dir holds something that this pass has removed from it.
func (l *lateness) stillShows(dir place, err error) bool {
	var name notEmpty
	_ = errors.As(err, &name) // nothing has the name ""
	_, removed := l.removed.Load(place{Dir: dir.String(), Name: string(name)})
	return removed
}

// isLate reports whether the server is known to show changes only after some time.
func (srv *server) isLate() bool { return !srv.features.Has(ftp.ShowsChangesAtOnce) }

// showsLater looks again after each of waits until what was expected is there. A server that
// shows it then is known to be late.
func (srv *server) showsLater(ctx context.Context, waits []time.Duration, look func(ctx context.Context) bool) bool {
	l := &srv.late
	l.mu.Lock()
	vain := l.fruitless >= mostFruitless
	l.mu.Unlock()
	if vain && !srv.isLate() {
		return false
	}
	waited := time.Duration(0)
	for _, wait := range waits {
		if ftp.Sleep(ctx, wait) != nil {
			return false
		}
		if waited += wait; look(ctx) {
			srv.features.Observe(ftp.ShowsChangesAtOnce, false)
			l.mu.Lock()
			defer l.mu.Unlock()
			l.delay = max(l.delay, waited)
			return true
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fruitless++
	return false
}

// settle gives a server that is known to be late the time that it needs.
func (srv *server) settle(ctx context.Context) {
	if !srv.isLate() {
		return
	}
	srv.late.mu.Lock()
	delay := srv.late.delay
	srv.late.mu.Unlock()
	if delay == 0 { // found out by an earlier process
		delay = LookAgain[0] + LookAgain[1]
	}
	ftp.Sleep(ctx, delay) // a cancelled pass goes on to its end without the wait
}
