package history

import (
	"crypto/rand"
	stdsync "sync"
	"time"

	"ferry/sync"
)

// Options say what a [Recorder] writes, and where.
type Options struct {
	Book    Book
	Pair    string // its key
	Profile string
	Sides   Sides
	Command string // as "trash restore"
	// Quiet leaves out passes that do nothing, as a watch makes one after another. What
	// such a pass fails with is told once in a row.
	Quiet bool
	Now   func() time.Time
	// Failed is told why lines could not be written. It may be called for every try.
	Failed func(error)
}

const (
	// flushAfter is how long a line waits for others.
	flushAfter = 100 * time.Millisecond
	// flushBytes is how much waits at most.
	flushBytes = 64 << 10
)

// A Recorder writes the passes of one pair, one after another, and what they do, into its
// history. Its methods may be called from any goroutine, those of a nil one do nothing, and
// none of them fails: what cannot be written is lost.
type Recorder struct {
	o Options

	mu      stdsync.Mutex // guards what follows
	pass    string        // the id of the pass under way
	begun   bool          // its beginning is written
	start   time.Time     // of what is known of it; zero: nothing is
	failure string        // what the last pass failed with, for Quiet
	plan    deployed
	waiting []byte
	flusher *time.Timer // nil: nothing waits
}

// NewRecorder returns a recorder.
func NewRecorder(o Options) *Recorder { return &Recorder{o: o, start: o.Now()} }

// Event takes the events of a pass.
func (r *Recorder) Event(ev sync.Event) {
	done, ok := ev.(sync.Finished)
	if r == nil || !ok || !done.Action.Visible() || done.Action.Op == sync.Compare {
		return
	}
	a := NewAction(done.Action.Op, done.Action.Side, done.Action.Path)
	a.SetFrom(done.Action.From)
	a.Size, a.Why = done.Action.Size, done.Action.Why
	a.LocalChange, a.RemoteChange = done.Action.LocalChange, done.Action.RemoteChange
	r.Action(a, done.Err)
}

// Action writes what was done, or failed where err is not nil.
func (r *Recorder) Action(a Action, err error) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.action(a, err)
}

func (r *Recorder) action(a Action, err error) {
	l := Line{Type: TypeAction, Action: &a}
	a.OK = err == nil
	if err != nil {
		l.Error = err.Error()
	}
	r.begin()
	r.write(l)
}

// begin writes the beginning of the pass under way, once.
func (r *Recorder) begin() {
	if r.pass == "" {
		r.pass = rand.Text()[:10]
	}
	if !r.begun {
		r.begun = true
		sides := r.o.Sides
		r.write(Line{Type: TypeBegin, Sides: &sides})
	}
}

// End writes the end of the pass under way. summary is nil for a command that makes no pass.
func (r *Recorder) End(summary *sync.Summary, exit int, err error) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	failure := ""
	if err != nil {
		failure = err.Error()
	}
	idle := !r.begun && (failure == "" || failure == r.failure)
	r.failure = failure
	if !r.o.Quiet || !idle {
		r.end(summary, exit, failure)
	}
	r.pass, r.begun, r.start, r.plan = "", false, time.Time{}, deployed{}
	r.flush()
}

func (r *Recorder) end(summary *sync.Summary, exit int, failure string) {
	if r.pass == "" {
		r.pass = rand.Text()[:10]
	}
	now := r.o.Now()
	start := r.start
	if start.IsZero() {
		start = now
	}
	if summary != nil {
		if began := now.Add(-time.Duration(summary.Seconds * float64(time.Second))); began.Before(start) {
			start = began
		}
	}
	sides := r.o.Sides
	r.write(Line{Type: TypePass, Sides: &sides, End: &End{start.UTC().Truncate(time.Millisecond), exit, summary}, Error: failure})
}

// write has a line wait for others, so that many are written at a time.
func (r *Recorder) write(l Line) {
	now := r.o.Now()
	if r.start.IsZero() {
		r.start = now
	}
	l.Time, l.Pair, l.Profile = now.UTC().Truncate(time.Millisecond), r.o.Pair, r.o.Profile
	l.Command, l.Pass, l.By = r.o.Command, r.pass, Who()
	text, err := encodeLine(&l)
	if err != nil {
		r.failed(err)
		return
	}
	r.waiting = append(r.waiting, text...)
	switch {
	case len(r.waiting) >= flushBytes:
		r.flush()
	case r.flusher == nil:
		r.flusher = time.AfterFunc(flushAfter, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.flush()
		})
	}
}

// flush writes what waits.
func (r *Recorder) flush() {
	if r.flusher != nil {
		r.flusher.Stop()
		r.flusher = nil
	}
	if len(r.waiting) == 0 {
		return
	}
	if err := r.o.Book.append(r.waiting, r.o.Now()); err != nil {
		r.failed(err)
	}
	r.waiting = r.waiting[:0]
}

func (r *Recorder) failed(err error) {
	if r.o.Failed != nil {
		r.o.Failed(err)
	}
}
