package watch

import (
	"context"
	"errors"
	"math/rand/v2"
	stdsync "sync"
	"time"

	"ferry/sync"
)

// A Watch keeps one pair in step. Its methods may be called from any goroutine.
type Watch struct {
	options Options
	events  eventLog
	young   young
	wall    func() time.Time // reads the wall clock
	rand    func() float64   // from 0 to 1

	handover chan struct{} // holds a token while somebody has asked for the pair
	wake     chan struct{} // wakes Run when requests has changed
	ended    chan struct{} // closed when Run has ended

	mu       stdsync.Mutex // guards the fields below
	requests requests
	started  bool
	status   Status
}

// requests are what was asked of a watch since its loop last read them.
type requests struct {
	poke        bool
	firstAction bool          // the running pass has begun to change something
	handover    bool          // somebody has asked for the pair, or has it
	granted     chan struct{} // closed when the pair is handed over
	paused      bool
}

// New returns a watch, which does nothing before [Watch.Run].
func New(o Options) *Watch {
	return &Watch{
		options:  o.filled(),
		wall:     func() time.Time { return time.Now().Round(0) },
		rand:     rand.Float64,
		handover: make(chan struct{}, 1),
		wake:     make(chan struct{}, 1),
		ended:    make(chan struct{}),
		status:   Status{State: Starting, Since: time.Now().Round(0)},
	}
}

// Run keeps the pair in step until ctx is cancelled. It then cancels the running
// pass, closes the session and returns nil. No error of a pass ends it. Run may be
// called once; a second call returns an error.
func (w *Watch) Run(ctx context.Context) error {
	w.mu.Lock()
	again := w.started
	w.started = true
	w.mu.Unlock()
	if again {
		return errors.New("a watch can run only once")
	}
	defer close(w.ended)
	newLoop(w).run(ctx)
	return nil
}

// Observe takes an event of a pass. It is meant to be called by the observer of
// the engine behind Options.Open. Without it the watch does not know which files
// failed and which directories are active, and looks at more than it has to.
// Observe does not block.
func (w *Watch) Observe(ev sync.Event) {
	w.young.observe(ev)
	if w.events.observe(ev) {
		w.request(func(r *requests) { r.firstAction = true })
	}
}

// Poke asks for a full pass now, even if the watch is waiting or halted. It may be
// called before Run.
func (w *Watch) Poke() { w.request(func(r *requests) { r.poke = true }) }

// Pause ends the running pass and lets go of both sides until [Watch.Resume]. Others can
// still have the pair, see [Watch.HandOver].
func (w *Watch) Pause() { w.request(func(r *requests) { r.paused = true }) }

// Resume ends a pause with a full pass.
func (w *Watch) Resume() { w.request(func(r *requests) { r.paused = false }) }

// request changes the requests and wakes the loop.
func (w *Watch) request(change func(*requests)) {
	w.mu.Lock()
	change(&w.requests)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // it will wake up anyway
	}
}

// Status returns what the pair is doing.
func (w *Watch) Status() Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status
}
