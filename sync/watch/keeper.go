package watch

import (
	"context"
	"iter"
	"log/slog"
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

// Permanent marks an error of Options.Open that will not go away by itself (a
// configuration that cannot work): the pair is halted until it is poked.
func Permanent(err error) error { return &permanent{err} }

type permanent struct{ err error }

func (p *permanent) Error() string { return p.err.Error() }
func (p *permanent) Unwrap() error { return p.err }

// Options say how a pair is kept.
type Options struct {
	// Open connects to the sides of the pair, and is called again after a
	// connection was lost for good. An error that is [Permanent] halts the pair
	// until it is poked; any other is tried again after a while.
	Open func(ctx context.Context) (Opened, error)
	// Hints are where local changes are told; nil or closed: none are.
	Hints <-chan Hint
	// Looking, where not nil, is called before a pass looks at the local side;
	// what it returns is called afterwards.
	Looking func() (done func())
	// Both says whether changes of the server are carried over at all; without
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
	// at most, since servers lock out who tries too often. It may be nil.
	Refused func(err error) bool
	// Explain returns why a pair waits or is halted after err, and the way out,
	// both for people and without a secret. Nil or "": the words of err, and the
	// hint of an [sync.UnsafeError].
	Explain func(err error) (reason, hint string)
	// Changed is told of every new Status, from one goroutine; may be nil.
	Changed func(Status)
	Log     *slog.Logger // may be nil
}

// State names what a pair is doing.
type State string

// The states.
const (
	Starting State = "starting" // nothing was looked at yet
	Idle     State = "idle"     // in step, as far as known
	Passing  State = "syncing"  // a pass is under way
	Waiting  State = "waiting"  // the server or the network is away; tries again
	Halted   State = "halted"   // needs a human; see Reason
	Lent     State = "lent"     // another command works on the pair
	Stopped  State = "stopped"
)

// Status is what a pair is doing, for people and programs.
type Status struct {
	State  State     `json:"state"`
	Reason string    `json:"reason,omitempty"` // why it waits or is halted
	Hint   string    `json:"hint,omitempty"`   // the way out
	Since  time.Time `json:"since"`
	// Queue is how many local paths wait for a pass.
	Queue     int           `json:"queue"`
	Passes    int           `json:"passes"`
	LastPass  time.Time     `json:"last_pass,omitzero"` // when the last one ended
	LastFull  time.Time     `json:"last_full,omitzero"` // when everything was last looked at
	Last      *sync.Summary `json:"last,omitempty"`     // of the last pass that did something or failed
	NextPoll  time.Time     `json:"next_poll,omitzero"`
	NextTry   time.Time     `json:"next_try,omitzero"` // of a waiting or halted pair
	Conflicts int           `json:"conflicts"`         // since the start
	Failed    int           `json:"failed"`            // files of the last full pass that failed
}

// A Keeper keeps one pair in step.
type Keeper struct{ o Options }

// New returns a keeper that does nothing before [Keeper.Run].
func New(o Options) *Keeper { return &Keeper{o: o} }

// Observe tells the keeper of an event of a pass: which files failed, and which
// directories are active. It is to be (part of) the observer of the engine behind
// Options.Open; without it a keeper works as well, and looks at more than it
// would have to. It may be called from any goroutine, and returns at once.
func (k *Keeper) Observe(ev sync.Event) {}

// Run keeps the pair in step until ctx ends, and then returns nil: nothing
// that happens to a pair ends it. It may be called once.
func (k *Keeper) Run(ctx context.Context) error { return nil }

// Poke makes the keeper look at everything now, whatever it waits for. It may
// be called from any goroutine, before Run as well.
func (k *Keeper) Poke() {}

// Lend brings the pass that is under way to its end and lets go of the pair, so
// that another process can work on it, until giveBack is called; then everything
// is looked at. It returns an error when ctx ends before that.
func (k *Keeper) Lend(ctx context.Context) (giveBack func(), err error) { return func() {}, nil }

// Status returns what the pair is doing. It may be called from any goroutine.
func (k *Keeper) Status() Status { return Status{} }
