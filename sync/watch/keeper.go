package watch

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"math/rand/v2"
	stdsync "sync"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A Hint says where local files may have changed. Paths stand for themselves
// and all that is below them.
type Hint struct {
	Paths      []manifest.Path
	Everything bool
}

// An Opened is a pair with its sides connected. Its methods are called one at a
// time. It may be a [Rester] as well.
type Opened interface {
	// Sync and SyncPaths are those of [sync.Engine].
	Sync(ctx context.Context) (sync.Summary, error)
	SyncPaths(ctx context.Context, scope sync.Scope) (sync.Summary, error)
	// Dirs yields the directories that both sides agree on, the root left out, in
	// order.
	Dirs() iter.Seq[manifest.Path]
	// Close lets go of the sides and of the record of the pair.
	Close() error
}

// A Rester is an Opened that wants to know that nothing will happen for a while,
// so that it can keep its connections alive, or close them politely. Rest is
// called when there was nothing to do for a minute, and again every minute; ctx
// ends as soon as there is something to do.
type Rester interface {
	Rest(ctx context.Context)
}

// Options say how a pair is kept.
type Options struct {
	// Open connects to the sides of the pair, and is called again after a
	// connection was lost for good. After an error it is called again after a while.
	Open func(ctx context.Context) (Opened, error)
	// Hints are where local changes are told; nil or closed: none are.
	Hints <-chan Hint
	// Looking, where not nil, is called before a pass looks at the local side;
	// what it returns is called afterwards.
	Looking func() (done func())
	// Remote says whether changes of the server are carried over at all; without
	// it the server is never polled.
	Remote bool
	// Poll is how often the server is looked at while something happens there;
	// 0: 30 s. PollMost is what it grows to while nothing does; 0: ten times Poll,
	// at most 5 min.
	Poll, PollMost time.Duration
	// Full is how often everything is looked at; 0: 1 h.
	Full time.Duration
	// Halts reports whether an error of a pass or of Open needs a human: with the
	// same question asked again, the answer would be the same. Nil: only
	// [sync.UnsafeError] does. Halted pairs look again now and then (HaltRetry, 0:
	// 5 min), since a disk may be mounted again.
	Halts     func(err error) bool
	HaltRetry time.Duration
	// Refused reports whether err says that the server does not let this user in.
	// A login that was refused is tried again after a minute first and half an hour
	// at most, whatever Halts says of it, since servers lock out who tries too often;
	// nothing but a poke, or a pair that is given back, hastens that. It may be nil.
	Refused func(err error) bool
	// Explain returns why a pair waits or is halted after err, and the way out,
	// both for people and without a secret. Nil or "": the words of err, and the
	// hint of an [sync.UnsafeError].
	Explain func(err error) (reason, hint string)
	// Changed is told of every new Status in order, from one goroutine that is not
	// the keeper's own: what it does delays nobody but Run's return, which waits a
	// second for the last call. Where it is slower than the changes for long, the
	// oldest are left out. It may be nil.
	Changed func(Status)
	Log     *slog.Logger // may be nil
}

// filled returns the options with their defaults in place.
func (o Options) filled() Options {
	set := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	set(&o.Poll, 30*time.Second)
	set(&o.PollMost, min(10*o.Poll, 5*time.Minute))
	o.PollMost = max(o.PollMost, o.Poll)
	set(&o.Full, time.Hour)
	set(&o.HaltRetry, 5*time.Minute)
	if o.Looking == nil {
		o.Looking = func() func() { return func() {} }
	}
	if o.Changed == nil {
		o.Changed = func(Status) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// A Keeper keeps one pair in step. Its methods may be called from any
// goroutine.
type Keeper struct {
	o     Options
	trail trail
	wall  func() time.Time // what a clock on the wall shows
	rand  func() float64   // from 0 to 1

	lending chan struct{} // holds one token per borrower; there is room for one
	nudge   chan struct{} // wakes Run, since asks has changed
	over    chan struct{} // closed when Run has ended

	mu     stdsync.Mutex // guards what follows
	asks   asks
	ran    bool
	status Status
}

// asks are what was asked of a keeper since it last looked.
type asks struct {
	poke    bool
	started bool          // the pass under way has begun to change something
	lend    bool          // somebody wants the pair, or has it
	granted chan struct{} // closed when it was let go of
}

// New returns a keeper that does nothing before [Keeper.Run].
func New(o Options) *Keeper {
	return &Keeper{
		o:       o.filled(),
		wall:    func() time.Time { return time.Now().Round(0) },
		rand:    rand.Float64,
		lending: make(chan struct{}, 1),
		nudge:   make(chan struct{}, 1),
		over:    make(chan struct{}),
		status:  Status{State: Starting, Since: time.Now().Round(0)},
	}
}

// Run keeps the pair in step until ctx ends, and then returns nil: nothing
// that happens to a pair ends it. A pass under way is cancelled then, and the
// sides are let go of. It may be called once.
func (k *Keeper) Run(ctx context.Context) error {
	k.mu.Lock()
	again := k.ran
	k.ran = true
	k.mu.Unlock()
	if again {
		return errors.New("a keeper runs only once")
	}
	defer close(k.over)
	newLoop(k).run(ctx)
	return nil
}

// Observe tells the keeper of an event of a pass: which files failed, and which
// directories are active. It is to be (part of) the observer of the engine behind
// Options.Open; without it a keeper works as well, and looks at more than it
// would have to. It returns at once.
func (k *Keeper) Observe(ev sync.Event) {
	if k.trail.observe(ev) {
		k.ask(func(a *asks) { a.started = true })
	}
}

// Poke makes the keeper look at everything now, whatever it waits for. It may
// be called before Run as well.
func (k *Keeper) Poke() { k.ask(func(a *asks) { a.poke = true }) }

// ask changes what is asked of the keeper, and lets it know.
func (k *Keeper) ask(change func(*asks)) {
	k.mu.Lock()
	change(&k.asks)
	k.mu.Unlock()
	select {
	case k.nudge <- struct{}{}:
	default: // it will look anyway
	}
}

// Lend brings the pass that is under way to its end and lets go of the pair, so
// that another process can work on it, until giveBack is called; then everything
// is looked at. It returns an error when ctx ends before that. Who wants the pair
// while somebody has it waits. Before Run and after it nobody holds the pair, and
// Lend returns at once.
func (k *Keeper) Lend(ctx context.Context) (giveBack func(), err error) {
	select {
	case k.lending <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	granted := make(chan struct{})
	k.ask(func(a *asks) {
		a.lend, a.granted = true, granted
		if !k.ran {
			close(granted)
			a.granted = nil
		}
	})
	giveBack = stdsync.OnceFunc(func() {
		k.ask(func(a *asks) { a.lend, a.granted = false, nil })
		<-k.lending
	})
	select {
	case <-granted:
	case <-k.over:
	case <-ctx.Done():
		giveBack()
		return nil, context.Cause(ctx)
	}
	return giveBack, nil
}

// Status returns what the pair is doing.
func (k *Keeper) Status() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.status
}
