package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	stdsync "sync"
	"time"

	"ferry/internal/daemon"
	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/watch"
	"ferry/watcher"
)

// A scopedPasser is what keeping a pair in step needs of an engine.
type scopedPasser interface {
	passer
	SyncPaths(ctx context.Context, scope sync.Scope) (sync.Summary, error)
}

// A keeping is one pair that "ferry watch" keeps in step.
type keeping struct {
	app     *app
	pair    *pair
	head    passHead
	talk    talker
	keeper  *watch.Watch
	started time.Time
	view    *pairView
	hooks   *hooked
	old     *retention
	spent   sync.DeletionCount // outlasts the engines
	// alone says that another run on the pair ends the command, with lost.
	alone bool
	lost  func(error)

	stop  context.CancelFunc
	ready chan struct{} // closed when local changes are noticed
	done  chan struct{} // closed when nothing is left of it

	claim *daemon.Claim // nil: somebody else watches the pair; the keeper's own

	mu      stdsync.Mutex // guards what follows
	gate    *gate         // of the pass that is under way
	known   known
	watcher *watcher.Watcher // nil: there is none
	failed  error            // what a pass or opening ended with last; nil: it went well
	notices []string
}

// start begins to keep the pair in step until ctx ends.
func (k *keeping) start(ctx context.Context) {
	ctx, k.stop = context.WithCancel(ctx)
	k.ready, k.done = make(chan struct{}), make(chan struct{})
	k.started = k.app.env.Now()
	hints := make(chan watch.Hint)
	k.keeper = watch.New(watch.Options{
		Open:         k.open,
		Hints:        hints,
		BeginScan:    k.looking,
		PollRemote:   k.pair.Direction != sync.Push,
		Poll:         k.pair.Poll,
		Halts:        halts,
		LoginRefused: refused,
		Explain:      k.explain,
		Changed:      k.view.changed,
		Log:          k.app.log(),
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

// letGo lets others watch the pair.
func (k *keeping) letGo() {
	if k.claim == nil {
		return
	}
	if err := k.claim.Close(); err != nil {
		k.app.log().Info("closing the socket", "profile", k.head.profile, "because", err)
	}
}

// halts reports whether an error needs somebody: the same question would get the
// same answer.
func halts(err error) bool {
	var unsafe *sync.UnsafeError
	class, ok := ftp.ClassOf(err)
	return errors.As(err, &unsafe) || errorCode(err) == ExitUsage || ok && (class == ftp.Login || class == ftp.Server)
}

// refused reports whether the server does not let this user in.
func refused(err error) bool {
	class, ok := ftp.ClassOf(err)
	return ok && class == ftp.Login
}

// explain says for people why the pair is not kept in step.
func (k *keeping) explain(err error) (reason, hint string) {
	return cleanLines(err.Error()), hintFor(err)
}

// open connects the two sides. What a person would have to be asked for was
// asked before.
func (k *keeping) open(ctx context.Context) (watch.Session, error) {
	s, err := k.connect(ctx)
	if err != nil {
		_, _, late := k.hooks.around(ctx, func(context.Context) (sync.Summary, error) { return sync.Summary{}, err })
		if ctx.Err() == nil {
			k.miss(err, late)
		}
		return nil, err
	}
	k.alone = false // from now on it is ours, or comes back
	return s, nil
}

func (k *keeping) connect(ctx context.Context) (*session, error) {
	if err := k.claimPair(); err != nil {
		return nil, err
	}
	at, err := k.app.open(ctx, k.app, k.pair, passOptions{observer: k.observe, hooks: k.hooks, spent: &k.spent})
	if err != nil {
		return nil, err
	}
	engine, ok := at.engine.(scopedPasser)
	if !ok {
		return nil, errors.Join(errors.New("the engine makes no passes over parts"), at.close())
	}
	return &session{k, at, engine}, nil
}

// claimPair makes this process the one that watches the pair, and answers for
// it.
func (k *keeping) claimPair() error {
	if k.claim != nil {
		return nil
	}
	claim, err := daemon.Acquire(k.app.watchDir(), k.pair.StateKey(), k.app.env.Getenv("XDG_RUNTIME_DIR"))
	if errors.Is(err, daemon.ErrClaimed) {
		return k.app.watchedElsewhere(k.pair)
	}
	if err != nil {
		return err
	}
	if err := claim.SocketError(); err != nil && k.app.onceOnly("mute") {
		k.app.talk().warn("\"ferry status\" cannot ask this watch: %v", err)
	}
	claim.Serve(daemon.Handler{Report: k.report, Poke: k.keeper.Poke, HandOver: k.keeper.HandOver})
	k.claim = claim
	return nil
}

// miss takes note of what kept the pair from being in step.
func (k *keeping) miss(err, late error) {
	if k.alone && errorCode(err) == ExitLocked {
		k.lost(err)
		return
	}
	if k.fails(err) {
		k.view.failJSON(err)
	}
	if late != nil {
		k.view.fail(late)
	}
}

// fails takes note of how opening the pair or a pass ended, and reports whether
// that is an error that was not met right before.
func (k *keeping) fails(err error) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	again := err != nil && k.failed != nil && k.failed.Error() == err.Error()
	k.failed = err
	return err != nil && !again
}

// report says what the pair is doing, for other commands.
func (k *keeping) report() daemon.Report {
	k.mu.Lock()
	failed, notices := k.failed, k.notices
	k.mu.Unlock()
	r := daemon.Report{
		PID: os.Getpid(), Profile: k.head.profile, Local: k.head.local, Remote: k.head.remote,
		Direction: k.head.direction.String(), Started: k.started, Notices: notices, Status: k.keeper.Status(),
	}
	if w := k.local(); w != nil {
		r.Queue += w.State().Waiting // paths that have not come to rest
	}
	r.InStep = k.view.settled() && (r.State == watch.Idle || r.State == watch.Syncing) && r.Queue == 0 && r.Failed == 0
	if r.State == watch.Syncing {
		r.Progress = k.view.pace.report()
	}
	if failed != nil && (r.State == watch.Waiting || r.State == watch.Halted) {
		r.Exit = errorCode(failed)
	}
	return r
}

// observe takes the events of passes, and what the server's side says between
// them.
func (k *keeping) observe(ev sync.Event) {
	if said, ok := ev.(sync.Noticed); ok {
		k.remark(said.Text)
		return
	}
	k.keeper.Observe(ev)
	k.view.event(ev)
	k.old.event(ev)
	k.mu.Lock()
	gate := k.gate
	k.mu.Unlock()
	if gate != nil {
		gate.event(ev)
	}
}

// remark says something once.
func (k *keeping) remark(text string) {
	if k.app.onceOnly(k.head.profile + ": " + text) {
		k.talk.note("%s", text)
	}
}

// A session is the pair with its sides connected.
type session struct {
	*keeping
	at     *opened
	engine scopedPasser
}

// Sync implements [watch.Opened].
func (s *session) Sync(ctx context.Context) (sync.Summary, error) {
	return s.pass(ctx, true, s.engine.Sync)
}

// SyncPaths implements [watch.Opened].
func (s *session) SyncPaths(ctx context.Context, scope sync.Scope) (sync.Summary, error) {
	return s.pass(ctx, false, func(ctx context.Context) (sync.Summary, error) { return s.engine.SyncPaths(ctx, scope) })
}

// Dirs implements [watch.Opened].
func (s *session) Dirs() iter.Seq[manifest.Path] {
	return func(yield func(manifest.Path) bool) {
		if s.at.record == nil {
			return
		}
		for path, pair := range s.at.record.All() {
			if pair.Kind() == manifest.Dir && path != manifest.Root && !yield(path) {
				return
			}
		}
	}
}

// Rest implements [watch.Rester].
func (s *session) Rest(ctx context.Context) {
	if rester, ok := s.at.sides[sync.Remote].(watch.Rester); ok {
		rester.Rest(ctx)
	}
}

// Close implements [watch.Opened].
func (s *session) Close() error { return s.at.close() }

// pass makes one pass and reports it, where there is anything to report.
func (s *session) pass(ctx context.Context, full bool, work func(context.Context) (sync.Summary, error)) (sync.Summary, error) {
	gate := newGate(s.view.newReport(), &s.known, full, s.view.busy)
	s.setGate(gate)
	summary, err, late := s.hooks.around(ctx, work)
	s.setGate(nil)
	if ctx.Err() != nil {
		s.cut(gate, summary, err)
		return summary, err
	}
	if err == nil {
		s.old.trim(ctx, [2]sync.Bin{s.at.sides[sync.Local], s.at.sides[sync.Remote]})
	}
	gate.end(summary, err)
	if s.fails(err) && !gate.open {
		s.view.failJSON(err)
	}
	if late != nil {
		s.view.fail(late)
	}
	return summary, err
}

// cut ends the report of a pass that was told to end. That is nothing wrong.
func (s *session) cut(gate *gate, summary sync.Summary, err error) {
	switch {
	case err == nil:
		gate.end(summary, nil)
	case !s.talk.quiet:
		gate.end(summary, interrupted(err))
	}
}

func (s *session) setGate(g *gate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate = g
}

// watchLocal begins to watch the local directory, where anybody wants to know of
// its changes.
func (k *keeping) watchLocal(ctx context.Context) {
	if k.pair.Direction == sync.Pull {
		return
	}
	w, err := watcher.New(k.pair.Local, watcher.Options{Ignore: k.pair.ignored, Log: k.app.log(), Notice: k.notice})
	if err != nil {
		k.app.log().Info("not watching yet", "profile", k.head.profile, "because", err)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.watcher = w
}

// notice tells the user how local changes are noticed, once.
func (k *keeping) notice(text string) {
	k.mu.Lock()
	k.notices = append(k.notices, text)
	k.mu.Unlock()
	k.talk.warn("%s", text)
}

// retryWatch is how often a local directory is looked for that is something
// else now.
const retryWatch = 10 * time.Second

// hint hands on what the watcher sees, until ctx ends.
func (k *keeping) hint(ctx context.Context, hints chan<- watch.Hint) {
	if k.pair.Direction == sync.Pull {
		return
	}
	send := func(h watch.Hint) bool {
		k.view.hint()
		select {
		case hints <- h:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for k.local() == nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryWatch):
		}
		if k.watchLocal(ctx); k.local() != nil && !send(watch.Hint{Everything: true}) {
			break
		}
	}
	w := k.local()
	defer w.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case b, ok := <-w.Batches():
			if !ok || !send(watch.Hint{Paths: b.Paths, Everything: b.Everything}) {
				return
			}
		}
	}
}

func (k *keeping) local() *watcher.Watcher {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.watcher
}

// looking tells the watcher that its directory is about to be listed.
func (k *keeping) looking() (done func()) {
	if w := k.local(); w != nil {
		return w.BeginScan()
	}
	return func() {}
}

// name names the pair for people.
func (k *keeping) name() string {
	if k.head.profile != "" {
		return k.head.profile
	}
	return fmt.Sprintf("%s %s", k.head.local, k.head.remote)
}
