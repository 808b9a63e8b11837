package app

import (
	"context"
	"errors"
	stdsync "sync"
	"time"

	"ferry/internal/app/news"
	"ferry/internal/app/retention"
	"ferry/internal/daemon"
	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/shared"
	"ferry/internal/history"
	"ferry/internal/text"
	"ferry/sync"
	"ferry/sync/watch"
	"ferry/watcher"
)

// A watchedPair is one pair that a [Watch] keeps in step.
type watchedPair struct {
	opener    *Opener
	pair      *Pair // used by the worker of watch; what names it may be read by all
	asGiven   *Pair // as it was at the start; nobody changes it
	view      PairView
	state     watchState
	report    func() // tells that the state may have changed
	watch     *watch.Watch
	started   time.Time
	hooks     *passHooks
	retention *retention.Trash
	deletions sync.DeletionCount // outlasts the engines
	// endIfLocked says that another run on the pair ends the whole watch, by endWatch.
	endIfLocked bool
	endWatch    func(error)
	do          ActFunc       // answers the requests to act; nil: there are none
	waitLimit   time.Duration // how long it may be waited for that run
	waiting     *time.Timer   // ends that wait; nil: it has not begun; only the worker uses it

	stop  context.CancelFunc
	ready chan struct{} // closed when local changes are noticed
	done  chan struct{} // closed when nothing is left of it

	claim *daemon.Claim // nil: another process watches the pair; only the worker of watch uses it

	told   news.History
	record *history.Recorder

	mu      stdsync.Mutex    // guards what follows
	filter  *news.Filter     // of the pass that is under way
	watcher *watcher.Watcher // nil: there is none
	open    *OpenPair        // nil: the sides are not connected
	failed  error            // what a pass or opening ended with last; nil: it went well
	notices []string
}

func newWatchedPair(w *Watch, p *Pair, endIfLocked bool) *watchedPair {
	view, record := w.View(p), w.Opener.recorder(p, true)
	return &watchedPair{
		opener: w.Opener, pair: p, asGiven: p.clone(), view: view, report: w.changed, hooks: w.Opener.hooks(p, view),
		retention: w.Opener.retention(p, record), record: record, endIfLocked: endIfLocked, endWatch: w.end,
		waitLimit: w.WaitLimit, do: w.Act,
	}
}

// start begins to keep the pair in step until ctx ends.
func (wp *watchedPair) start(ctx context.Context) {
	ctx, wp.stop = context.WithCancel(ctx)
	wp.ready, wp.done = make(chan struct{}), make(chan struct{})
	wp.started = wp.opener.Now()
	hints := make(chan watch.Hint)
	wp.watch = watch.New(watch.Options{
		Open:         wp.openSides,
		Hints:        hints,
		BeginScan:    wp.looking,
		PollRemote:   wp.pair.Direction != sync.Push,
		Poll:         wp.pair.Poll,
		Spread:       true,
		Halts:        halts,
		LoginRefused: refused,
		RetryAt:      retryAt,
		Insist:       wp.opener.servers.TryNow,
		Explain:      wp.explain,
		Changed:      wp.changed,
		Log:          wp.opener.Log,
	})
	go func() {
		defer close(wp.done)
		var work stdsync.WaitGroup
		defer work.Wait()
		wp.watchLocal(ctx)
		close(wp.ready)
		work.Go(func() { wp.hint(ctx, hints) })
		_ = wp.watch.Run(ctx)
		wp.letGo()
	}()
}

// changed takes a new status of the pair.
func (wp *watchedPair) changed(s watch.Status) {
	wp.state.changed(s)
	wp.view.Status(s)
	wp.report()
}

// busy says that the pass under way has something to do.
func (wp *watchedPair) busy() {
	wp.state.busy()
	wp.view.Busy()
}

// halts reports whether an error needs a person: another try would end the same.
func halts(err error) bool {
	var unsafe *sync.UnsafeError
	class, ok := ftp.ClassOf(err)
	return errors.As(err, &unsafe) || ExitCode(err) == ExitUsage || ok && (class == ftp.Login || class == ftp.Server)
}

// refused reports whether the server does not let this user in.
func refused(err error) bool {
	class, ok := ftp.ClassOf(err)
	return ok && class == ftp.Login
}

// retryAt returns when a server that all pairs wait for is tried next, zero if err is no such
// thing.
func retryAt(err error) time.Time {
	var wait *shared.WaitError
	if errors.As(err, &wait) {
		return wait.Until
	}
	return time.Time{}
}

// explain says for people why the pair is not kept in step.
func (wp *watchedPair) explain(err error) (reason, hint string) {
	return text.CleanLines(err.Error()), watchHint(Hint(err), wp.pair)
}

// openSides connects the two sides. What a person would have to be asked for was
// asked before.
func (wp *watchedPair) openSides(ctx context.Context) (watch.Session, error) {
	s, err := wp.connect(ctx)
	if err != nil {
		_, _, hookErr := wp.hooks.around(ctx, func(context.Context) (sync.Summary, error) { return sync.Summary{}, err })
		if ctx.Err() == nil {
			wp.notOpened(err, hookErr)
		}
		return nil, err
	}
	wp.endIfLocked = false // another run that holds the pair later will end some time
	if wp.waiting != nil {
		wp.waiting.Stop()
	}
	return s, nil
}

func (wp *watchedPair) connect(ctx context.Context) (*watchSession, error) {
	if err := wp.claimPair(); err != nil {
		return nil, err
	}
	open, err := wp.opener.open(ctx, wp.pair, PassOptions{Observer: wp.observe, hooks: wp.hooks, deletions: &wp.deletions})
	if err != nil {
		return nil, err
	}
	wp.connected(open)
	return &watchSession{wp, open}, nil
}

// notOpened handles the error of opening the pair, and that of the hook which was
// told of it.
func (wp *watchedPair) notOpened(err, hookErr error) {
	if wp.endIfLocked && ExitCode(err) == ExitLocked {
		if wp.waitLimit <= 0 {
			wp.endWatch(err)
			return
		}
		if wp.waiting == nil {
			wp.waiting = time.AfterFunc(wp.waitLimit, func() { wp.endWatch(err) })
		}
	}
	wp.record.End(nil, ExitCode(err), err)
	if wp.fails(err) {
		wp.view.PassFailed(err)
	}
	if hookErr != nil {
		wp.view.Failed(hookErr)
	}
}

// fails notes how opening the pair or a pass ended, and reports whether that is an
// error which the last one did not end with.
func (wp *watchedPair) fails(err error) bool {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	again := err != nil && wp.failed != nil && wp.failed.Error() == err.Error()
	wp.failed = err
	return err != nil && !again
}

// observe takes the events of passes, and what the server's side says between
// them.
func (wp *watchedPair) observe(ev sync.Event) {
	if said, ok := ev.(sync.Noticed); ok {
		wp.remark(said.Text)
		return
	}
	wp.watch.Observe(ev)
	wp.state.meter.Observe(ev)
	wp.view.Event(ev)
	wp.retention.Event(ev)
	wp.record.Event(ev)
	wp.mu.Lock()
	filter := wp.filter
	wp.mu.Unlock()
	if filter != nil {
		filter.Event(ev)
	}
}

// remark says something once.
func (wp *watchedPair) remark(text string) {
	if wp.opener.once.news(wp.pair.ProfileName() + ": " + text) {
		wp.view.Note("%s", text)
	}
}
