// Package watcher tells which paths below a directory changed, once they have
// come to rest. It tells where to look, and never what happened: events are lost,
// doubled and late, and looking finds out anyway.
//
//	system ──> queue ──> events ──> gatherer ──> Batch
//	             polled directories ──┘
//
// The system watches single directories; a tracker has every one of them watched,
// new ones and those moved in before they are listed, and polls what the system
// cannot watch. The gatherer is pure: it takes hints and the time.
package watcher

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A Watcher watches one directory. All methods may be called from several
// goroutines at once.
type Watcher struct {
	root string
	o    Options
	open func(*queue, *slog.Logger) (system, error)
	out  chan Batch
	quit chan struct{}
	done chan struct{}
	once sync.Once

	mu    sync.Mutex // guards g and state
	g     *gatherer
	state State

	// What follows belongs to New, then to run.
	queue   *queue
	tracker *tracker
	id      identity // of the root
	mounts  string
	offer   *Batch // what is ready; nil: nothing
	stale   bool   // events were lost: begin anew before anybody looks
	told    map[string]bool
	opened  error // why there are no notifications
	// selfMoved is a directory that will tell of its own renaming.
	selfMoved string
	// When to look next: at the root, at what is polled, and closely at that.
	rootAt, pollAt, closeAt time.Time
}

// State is what a [Watcher] is doing.
type State struct {
	// Lost says why the root cannot be watched now; "" if it is.
	Lost string
	// Watched and Polled are numbers of directories; Unreadable ones are
	// neither.
	Watched, Polled, Unreadable int
	// Waiting is how many paths have not come to rest yet, or were not taken.
	Waiting int
}

// New begins to watch the directory root, which may be a symbolic link to one;
// links below it are not followed. What changes after New returns is reported; a
// root that is missing or cannot be read is no error, see [State]. New takes as
// long as listing all directories does.
func New(root string, o Options) (*Watcher, error) {
	return newWatcher(root, o, notify)
}

func newWatcher(root string, o Options, open func(*queue, *slog.Logger) (system, error)) (*Watcher, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("watching %s: %w", root, err)
	}
	if info, err := os.Stat(root); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("watching %s: not a directory", root)
	}
	o = o.filled()
	w := &Watcher{
		root: root, o: o, open: open,
		out: make(chan Batch), quit: make(chan struct{}), done: make(chan struct{}),
		g: newGatherer(o), told: make(map[string]bool), queue: newQueue(),
	}
	w.tracker = &tracker{root: root, ignore: o.Ignore, log: o.Log, budget: budget(), stop: w.stopped}
	w.begin()
	w.publish()
	go w.run()
	return w, nil
}

// Batches returns the channel on which batches come. It is closed by [Watcher.Close].
// A batch that nobody takes is kept, and grows by what happens meanwhile.
func (w *Watcher) Batches() <-chan Batch { return w.out }

// Close ends watching and returns when nothing is left of it. It may be called
// twice.
func (w *Watcher) Close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.done
	return nil
}

// State returns what is going on.
func (w *Watcher) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.state
	s.Waiting = len(w.g.pending) + len(w.g.ready)
	return s
}

// Look says that the caller begins to list the directory, for whatever reason,
// and calls done when it has listed it. What the watcher saw come and go before
// it reported it is otherwise forgotten, as if nobody could have noticed; what a
// listing may have shown is reported.
func (w *Watcher) Look() (done func()) {
	look := func(begin bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.g.look(begin)
	}
	look(true)
	return sync.OnceFunc(func() { look(false) })
}

func (w *Watcher) stopped() bool {
	select {
	case <-w.quit:
		return true
	default:
		return false
	}
}
