// Package watcher reports which paths below a directory have changed, once they have
// settled. It says where to look and never what happened: events get lost, doubled
// and delayed, and a scan finds out anyway.
//
//	system ──> queue ──> changes ──> debouncer ──> Batch
//	       polled directories ──┘
//
// The system watches single directories, that of Windows the whole tree. A tracker watches
// each of them, before it is listed, and polls those that the system cannot watch. The
// debouncer is pure: it is given changes and the time.
package watcher

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A Watcher watches one directory tree. Its methods may be called from several
// goroutines at once.
type Watcher struct {
	root       string
	options    Options
	openSystem func(string, *queue, *slog.Logger) (system, error)
	out        chan Batch
	quit       chan struct{}
	done       chan struct{}
	once       sync.Once

	mu        sync.Mutex // guards debouncer, marker and state
	debouncer *debouncer
	marker    system // puts a mark at the end of each scan; nil: there are no events
	state     State

	// The fields below are used by New, and then only by run.
	queue     *queue
	tracker   *tracker
	id        identity // of the root
	mounts    string
	offer     *Batch // the batch that is ready; nil: none
	restart   bool   // events were lost: watch from scratch before that is reported
	noticed   map[string]bool
	systemErr error // why there are no notifications
	// selfMoved is a renamed directory whose own event may still come.
	selfMoved dirName
	// When to check the root, to poll, and to poll every file.
	nextRootCheck, nextPoll, nextFullPoll time.Time
}

// A dirName is a name in one directory. The directory is the same only as long as it
// is tracked without a break.
type dirName struct {
	dir  *node
	name string
}

// State is what a [Watcher] is doing.
type State struct {
	// Lost says why the root cannot be watched now; "": it is watched.
	Lost string
	// Watched, Polled and Unreadable are numbers of directories.
	Watched, Polled, Unreadable int
	// Waiting is how many paths have changed and were not taken in a batch yet.
	Waiting int
}

// New starts to watch the directory root, which may be a symbolic link to one. Links
// below it are not followed. All changes after New returns are reported. It is no
// error if the root is missing or cannot be read, see [State]. New takes as long as a
// listing of all directories.
func New(root string, o Options) (*Watcher, error) {
	return newWatcher(root, o, openSystem)
}

func newWatcher(root string, o Options, open func(string, *queue, *slog.Logger) (system, error)) (*Watcher, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("watching %s: %w", root, err)
	}
	if info, err := os.Stat(root); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("watching %s: not a directory", root)
	}
	o = o.filled()
	w := &Watcher{
		root: root, options: o, openSystem: open,
		out: make(chan Batch), quit: make(chan struct{}), done: make(chan struct{}),
		debouncer: newDebouncer(o), noticed: make(map[string]bool), queue: newQueue(),
	}
	w.tracker = &tracker{root: root, ignore: o.Ignore, log: o.Log, budget: o.budget, stop: w.stopped}
	w.start()
	w.updateState()
	go w.run()
	return w, nil
}

// Batches returns the channel of batches. [Watcher.Close] closes it. A batch that is
// not received yet grows with further changes.
func (w *Watcher) Batches() <-chan Batch { return w.out }

// Close stops watching and returns when all goroutines have ended. It may be called
// more than once.
func (w *Watcher) Close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.done
	return nil
}

// State returns what the watcher is doing.
func (w *Watcher) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.state
	s.Waiting = len(w.debouncer.pending) + len(w.debouncer.ready)
	return s
}

// BeginScan says that the caller is about to scan the directory. The caller calls done
// when the scan has ended. The watcher does not report a path that appeared and
// vanished before it was reported, unless a scan may have seen it in between. Events of
// the time of the scan may be handled after it has ended: a mark behind them tells. The
// system may even queue one a moment after that mark, so names count as seen for a while.
func (w *Watcher) BeginScan() (done func()) {
	mark := func(begin bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.debouncer.scan(begin, time.Now())
		if !begin && w.marker != nil {
			w.debouncer.marks++
			w.marker.Mark()
		}
	}
	mark(true)
	return sync.OnceFunc(func() { mark(false) })
}

func (w *Watcher) stopped() bool {
	select {
	case <-w.quit:
		return true
	default:
		return false
	}
}
