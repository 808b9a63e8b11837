package app

import (
	"context"
	"errors"
	"os"
	stdsync "sync"
	"time"

	"ferry/internal/daemon"
	"ferry/internal/text"
	"ferry/sync"
	"ferry/sync/remote"
	"ferry/sync/watch"
	"ferry/watcher"
)

// A watchedPair is one pair that a [Watch] keeps in step.
type watchedPair struct {
	opener    *Opener
	pair      *Pair
	view      PairView
	state     watchState
	report    func() // tells that the state may have changed
	keeper    *watch.Keeper
	started   time.Time
	hooks     *Hooks
	retention *retention
	spent     sync.Spent // outlasts the engines
	// alone says that another run on the pair ends the watch, with lost.
	alone bool
	lost  func(error)

	stop  context.CancelFunc
	ready chan struct{} // closed when local changes are noticed
	done  chan struct{} // closed when nothing is left of it

	claim *daemon.Claimed // nil: somebody else watches the pair; the keeper's own

	history reportHistory

	mu      stdsync.Mutex    // guards what follows
	filter  *reportFilter    // of the pass that is under way
	watcher *watcher.Watcher // nil: there is none
	failed  error            // what a pass or opening ended with last; nil: it went well
	notices []string
}

func newWatchedPair(w *Watch, p *Pair, alone bool) *watchedPair {
	view := w.View(p)
	return &watchedPair{
		opener: w.Opener, pair: p, view: view, report: w.changed, hooks: w.Opener.hooks(p, view),
		retention: &retention{opener: w.Opener, pair: p}, alone: alone, lost: w.end,
	}
}

// start begins to keep the pair in step until ctx ends.
func (k *watchedPair) start(ctx context.Context) {
	ctx, k.stop = context.WithCancel(ctx)
	k.ready, k.done = make(chan struct{}), make(chan struct{})
	k.started = k.opener.Now()
	hints := make(chan watch.Hint)
	k.keeper = watch.New(watch.Options{
		Open:    k.open,
		Hints:   hints,
		Looking: k.looking,
		Remote:  k.pair.Direction != sync.Push,
		Poll:    k.pair.Poll,
		Halts:   halts,
		Refused: refused,
		Explain: k.explain,
		Changed: k.changed,
		Log:     k.opener.Log,
	})
	go func() {
		defer close(k.done)
		var work stdsync.WaitGroup
		defer work.Wait()
		k.watchLocal(ctx)
		close(k.ready)
		work.Go(func() { k.hint(ctx, hints) })
		_ = k.keeper.Run(ctx)
		k.letGo()
	}()
}

// changed takes a new status of the pair.
func (k *watchedPair) changed(s watch.Status) {
	k.state.changed(s)
	k.view.Status(s)
	k.report()
}

// busy says that the pass under way has something to do.
func (k *watchedPair) busy() {
	k.state.busy()
	k.view.Busy()
}

// letGo lets others watch the pair.
func (k *watchedPair) letGo() {
	if k.claim == nil {
		return
	}
	if err := k.claim.Close(); err != nil {
		k.opener.Log.Info("closing the socket", "profile", k.pair.ProfileName(), "because", err)
	}
}

// halts reports whether an error needs a person: another try would end the same.
func halts(err error) bool {
	var unsafe *sync.UnsafeError
	class, ok := remote.ClassOf(err)
	return errors.As(err, &unsafe) || ExitCode(err) == ExitUsage || ok && (class == remote.Login || class == remote.Server)
}

// refused reports whether the server does not let this user in.
func refused(err error) bool {
	class, ok := remote.ClassOf(err)
	return ok && class == remote.Login
}

// explain says for people why the pair is not kept in step.
func (k *watchedPair) explain(err error) (reason, hint string) {
	return text.CleanLines(err.Error()), Hint(err)
}

// open connects the two sides. What a person would have to be asked for was
// asked before.
func (k *watchedPair) open(ctx context.Context) (watch.Opened, error) {
	s, err := k.connect(ctx)
	if err != nil {
		_, _, hookErr := k.hooks.around(ctx, func(context.Context) (sync.Summary, error) { return sync.Summary{}, err })
		if ctx.Err() == nil {
			k.notOpened(err, hookErr)
		}
		return nil, err
	}
	k.alone = false // from now on another run on the pair ends some time
	return s, nil
}

func (k *watchedPair) connect(ctx context.Context) (*watchSession, error) {
	if err := k.claimPair(); err != nil {
		return nil, err
	}
	open, err := k.opener.open(ctx, k.pair, PassOptions{Observer: k.observe, hooks: k.hooks, spent: &k.spent})
	if err != nil {
		return nil, err
	}
	return &watchSession{k, open}, nil
}

// claimPair makes this process the one that watches the pair, and answers for
// it.
func (k *watchedPair) claimPair() error {
	if k.claim != nil {
		return nil
	}
	claim, err := daemon.Claim(k.opener.watchDir(), k.pair.StateKey(), k.opener.Getenv("XDG_RUNTIME_DIR"))
	if errors.Is(err, daemon.ErrClaimed) {
		return k.opener.watchedElsewhere(k.pair)
	}
	if err != nil {
		return err
	}
	if err := claim.Mute(); err != nil && k.opener.once.news("mute") {
		k.opener.Talk.Warn("\"ferry status\" cannot ask this watch: %v", err)
	}
	claim.Serve(daemon.Handler{Report: k.answer, Poke: k.keeper.Poke, Lend: k.keeper.Lend})
	k.claim = claim
	return nil
}

// notOpened handles the error of opening the pair, and that of the hook which was
// told of it.
func (k *watchedPair) notOpened(err, hookErr error) {
	if k.alone && ExitCode(err) == ExitLocked {
		k.lost(err)
		return
	}
	if k.fails(err) {
		k.view.PassFailed(err)
	}
	if hookErr != nil {
		k.view.Failed(hookErr)
	}
}

// fails notes how opening the pair or a pass ended, and reports whether that is an
// error which the last one did not end with.
func (k *watchedPair) fails(err error) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	again := err != nil && k.failed != nil && k.failed.Error() == err.Error()
	k.failed = err
	return err != nil && !again
}

// answer says what the pair is doing, for other commands.
func (k *watchedPair) answer() daemon.Report {
	k.mu.Lock()
	failed, notices := k.failed, k.notices
	k.mu.Unlock()
	r := daemon.Report{
		PID: os.Getpid(), Profile: k.pair.ProfileName(), Local: k.pair.Local, Remote: k.pair.Remote.String(),
		Direction: k.pair.Direction.String(), Started: k.started, Notices: notices, Status: k.keeper.Status(),
	}
	if w := k.local(); w != nil {
		r.Queue += w.State().Waiting // paths that have not come to rest
	}
	r.InStep = k.state.inStep() && (r.State == watch.Idle || r.State == watch.Passing) && r.Queue == 0 && r.Failed == 0
	if r.State == watch.Passing {
		r.Progress = k.state.progress()
	}
	if failed != nil && (r.State == watch.Waiting || r.State == watch.Halted) {
		r.Exit = ExitCode(failed)
	}
	return r
}

// observe takes the events of passes, and what the server's side says between
// them.
func (k *watchedPair) observe(ev sync.Event) {
	if said, ok := ev.(sync.Noticed); ok {
		k.remark(said.Text)
		return
	}
	k.keeper.Observe(ev)
	k.state.meter.Observe(ev)
	k.view.Event(ev)
	k.retention.event(ev)
	k.mu.Lock()
	filter := k.filter
	k.mu.Unlock()
	if filter != nil {
		filter.event(ev)
	}
}

// remark says something once.
func (k *watchedPair) remark(text string) {
	if k.opener.once.news(k.pair.ProfileName() + ": " + text) {
		k.view.Note("%s", text)
	}
}
