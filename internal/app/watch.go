package app

import (
	"context"
	"os"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/daemon"
	"ferry/internal/filewatch"
	"ferry/internal/ftp/pool/shared"
	"ferry/sync/watch"
)

// WatchOptions say what a [Watch] keeps in step, and who is told.
type WatchOptions struct {
	Opener *Opener
	// Load returns the pairs to keep in step, with their rules read. It is called
	// again when the files that they come from have changed.
	Load func() ([]*Pair, error)
	// View returns the view of a pair that is about to be watched.
	View func(*Pair) PairView
	// Redraw is called when the order of the pairs has changed; it may be nil.
	Redraw func()
	// Reload is sent to when the configuration is to be read again now; pairs that wait
	// for something try again then. It may be nil.
	Reload <-chan struct{}
	// ReloadFailed is told why the configuration could not be read again.
	ReloadFailed func(error)
	// Act does what clients of the sockets ask for; nil: nothing.
	Act ActFunc
	// Wait waits for another run on a pair. Without it, another run on the only pair
	// ends the watch.
	Wait bool
	// WaitLimit is how long that may take for the only pair; 0: for ever.
	WaitLimit time.Duration
}

// A Watch keeps pairs in step, each by itself, until it is stopped.
type Watch struct {
	WatchOptions
	notify *daemon.Notifier
	end    context.CancelCauseFunc
	loaded []*Pair

	mu     stdsync.Mutex  // guards what follows
	pairs  []*watchedPair // in the order in which they are shown
	status string         // as the service manager was told last
}

// NewWatch loads the pairs and asks for the passwords that nothing else has: later
// nobody is asked any more.
func NewWatch(ctx context.Context, o WatchOptions) (*Watch, error) {
	w := &Watch{WatchOptions: o}
	o.Opener.servers = shared.New(false) // sessions do not outlast the pairs that use them
	var err error
	if w.loaded, err = w.load(); err != nil {
		return nil, err
	}
	return w, o.Opener.askPasswords(ctx, w.loaded)
}

// Run keeps the pairs in step until ctx ends, and returns its cause, or the error that
// ended the watch. It may be called once. The process must not use the environment of
// the service manager beside it.
func (w *Watch) Run(ctx context.Context) error {
	ctx, w.end = context.WithCancelCause(ctx)
	defer w.end(nil)
	w.notify = daemon.NewNotifier(w.Opener.Getenv)
	forgetManager()
	for _, p := range w.loaded {
		w.start(ctx, p, len(w.loaded) == 1 && (!w.Wait || w.WaitLimit > 0))
	}
	w.loop(ctx, filewatch.Start(ctx, sourceFiles(w.loaded)))
	w.logged(w.notify.Stopping())
	w.stop(w.all())
	return context.Cause(ctx)
}

// forgetManager keeps the commands that are run from here from talking with the
// service manager in our name.
func forgetManager() {
	for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
		_ = os.Unsetenv(name)
	}
}

// Views returns the views of the pairs, in the order of the configuration.
func (w *Watch) Views() []PairView {
	var views []PairView
	for _, wp := range w.all() {
		views = append(views, wp.view)
	}
	return views
}

// start begins to keep a pair in step. With endIfLocked set, another run on it ends the
// whole watch.
func (w *Watch) start(ctx context.Context, p *Pair, endIfLocked bool) {
	wp := newWatchedPair(w, p, endIfLocked)
	w.mu.Lock()
	w.pairs = append(w.pairs, wp)
	w.mu.Unlock()
	wp.changed(watch.Status{State: watch.Starting, Since: w.Opener.Now()})
	wp.start(ctx)
}

// stop stops watching pairs, each in order, and returns when all have ended.
func (w *Watch) stop(pairs []*watchedPair) {
	for _, wp := range pairs {
		wp.stop()
	}
	for _, wp := range pairs {
		<-wp.done
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pairs = slices.DeleteFunc(w.pairs, func(wp *watchedPair) bool { return slices.Contains(pairs, wp) })
}

func (w *Watch) all() []*watchedPair {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.pairs)
}

// changed tells the service manager what all pairs are doing, if that is news.
func (w *Watch) changed() {
	if w.notify == nil {
		return
	}
	status := w.summary()
	w.mu.Lock()
	again := status == w.status
	w.status = status
	w.mu.Unlock()
	if !again {
		w.logged(w.notify.Status(status))
	}
}

// summary says in a few words what all pairs are doing.
func (w *Watch) summary() string {
	var words []string
	for _, wp := range w.all() {
		words = append(words, wp.pair.Title()+": "+wp.state.words())
	}
	return strings.Join(words, "; ")
}

// logged logs that the service manager could not be told.
func (w *Watch) logged(err error) {
	if err != nil {
		w.Opener.Log.Info("no notification", "because", err)
	}
}

// loop waits for what happens to the watch as a whole.
func (w *Watch) loop(ctx context.Context, files *filewatch.Watch) {
	dog := newWatchdog(w)
	defer dog.stop()
	ready := w.ready(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ready:
			ready = nil
			w.logged(w.notify.Ready())
		case <-dog.due():
			dog.check()
		case <-w.Reload:
			w.reload(ctx, files)
			w.poke()
		case <-files.Changed:
			w.reload(ctx, files)
		}
	}
}

// poke has the pairs that wait for something look again now: whoever asks for the
// configuration to be read again has most likely removed what was in the way.
func (w *Watch) poke() {
	for _, wp := range w.all() {
		if s := wp.watch.Status().State; s == watch.Waiting || s == watch.Halted {
			wp.watch.Poke()
		}
	}
}

// readyEvery is how often the service manager is asked for more time while
// directories are scanned for the first time.
const readyEvery = 20 * time.Second

// ready returns a channel that is closed when all pairs are kept in step, as far as
// their servers let them.
func (w *Watch) ready(ctx context.Context) <-chan struct{} {
	all := make(chan struct{})
	pairs := w.all()
	go func() {
		defer close(all)
		tick := time.NewTicker(readyEvery)
		defer tick.Stop()
		for _, wp := range pairs {
			for waiting := true; waiting; {
				select {
				case <-wp.ready:
					waiting = false
				case <-ctx.Done():
					return
				case <-tick.C:
					w.logged(w.notify.Extend(3 * readyEvery))
				}
			}
		}
	}()
	return all
}
