package sync

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"ferry/manifest"
	"ferry/sync/filter"
	"ferry/sync/links"
	"ferry/sync/namecase"
	"ferry/sync/pack"
)

// A Recorder keeps the base, as [manifest.Store] does. Its methods may be called
// from several goroutines.
type Recorder interface {
	manifest.Base
	// Set records that both sides agree at p.
	Set(p manifest.Path, pair manifest.Pair) error
	// Forget drops p.
	Forget(p manifest.Path) error
	// Rename moves everything recorded at and below one path to another.
	Rename(from, to manifest.Path) error
	// Flush returns when everything recorded so far is stored safely.
	Flush() error
	// Roots returns the identities of both roots, "" if none was recorded.
	Roots() (local, remote string)
	// SetRoots records them, and that a pass over everything was made.
	SetRoots(local, remote string) error
	// Part reports whether there were only passes over a part so far, so that no roots are
	// recorded.
	Part() bool
	// SetPart records that.
	SetPart() error
}

// Options say how an engine works.
type Options struct {
	Policy Policy
	Limits Limits
	// Ignore reports which paths are left out on both sides. Their records are
	// forgotten, but they are never removed. It may be nil. It is called from several
	// goroutines.
	Ignore func(p manifest.Path, dir bool) bool
	// Only is the part of the pair that passes are about; nil: all of it.
	Only *filter.Only
	// LeftOut reports which of the ignored paths a plan names, because somebody may
	// expect them to travel. It may be nil. It is called from several goroutines.
	LeftOut func(p manifest.Path) bool
	// Pinned knows what must stay where it is. It may be nil.
	Pinned Pinned
	// LocalNames and RemoteNames know which names a side can have; nil: any. What only the
	// other side has under a name that it lacks is left alone.
	LocalNames, RemoteNames NameEncoder
	// LocalIsServer says that the local side is the target of a copy between servers: to read
	// from it costs as much as from the remote one.
	LocalIsServer bool
	// NamedRoot says that the local root may be another directory each time, as in CI.
	// Where most of its files have the content of the base, it counts as the same one.
	NamedRoot bool
	// Workers is the number of runs that are carried out at the same time; 0: 4.
	Workers int
	// Parts returns into how many runs small transfers are divided best; nil: Workers.
	Parts func() int
	// Verify lists the whole target in a push or pull, not only the directories that
	// the pass touches.
	Verify bool
	// Blind says that the remote side is not looked at: its tree is what the base says.
	Blind bool
	// DryRun ends the pass when the plan is made.
	DryRun bool
	// Compare says that a dry run also reads the contents that cost a download.
	Compare bool
	// Allow, if it is not nil, is called before anything is changed, with a plan that
	// has passed the rails and changes a side. Its error ends the pass and is returned
	// as it is. A pass that has to be planned twice calls it twice.
	Allow func(ctx context.Context, plan *Plan) error
	// Deletions is the count of earlier engines of this pair, so that the rails do not
	// forget when a new engine is made between passes with a scope. Nil: this is the
	// first engine.
	Deletions *DeletionCount
	// Waiting are the conflict copies that earlier engines of this pair have met; nil:
	// none are known.
	Waiting *Waiting
	// LinkRefusals are the links that the sides would not make for earlier engines of this
	// pair; nil: none are known.
	LinkRefusals *links.Refusals
	// Observer may be nil.
	Observer Observer
	// Log may be nil.
	Log *slog.Logger
	// Now is the clock; nil: [time.Now].
	Now func() time.Time
}

// recentFor is how long a change counts as recent. It is more than clocks usually
// differ by.
const recentFor = time.Hour

// An Engine keeps one pair in step. Its passes must not overlap.
type Engine struct {
	sides  [2]Replica
	record Recorder
	opts   Options

	observing sync.Mutex
	deletions *DeletionCount
	waiting   *Waiting
	folding   [2]namecase.Folding // what was found out about each side
	// unlinkedTold are the reasons for links that cannot be made which were told.
	unlinkedTold map[string]bool
}

// New returns an engine over two replicas and their base.
func New(local, remote Replica, record Recorder, opts Options) *Engine {
	if opts.Workers <= 0 {
		opts.Workers = 4
	}
	if opts.Parts == nil {
		opts.Parts = func() int { return opts.Workers }
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Deletions == nil {
		opts.Deletions = new(DeletionCount)
	}
	opts.Ignore = ignoringOwn(opts.Ignore)
	if opts.Waiting == nil {
		opts.Waiting = NewWaiting(nil)
	}
	if opts.LinkRefusals == nil {
		opts.LinkRefusals = links.NewRefusals(nil)
	}
	return &Engine{sides: [2]Replica{local, remote}, record: record, opts: opts, deletions: opts.Deletions, waiting: opts.Waiting,
		unlinkedTold: make(map[string]bool)}
}

// An UnsafeError is returned when a rail stopped a pass, before it deleted or
// overwrote anything.
type UnsafeError struct {
	What string // what was found, and what would have happened
	Hint string // what to do, or the option that allows it
	// Usage says that nothing was at stake: what was named is wrong.
	Usage bool
}

func (e *UnsafeError) Error() string { return e.What }

// tell passes an event to the observer, one at a time.
func (e *Engine) tell(ev Event) {
	if e.opts.Observer == nil {
		return
	}
	e.observing.Lock()
	defer e.observing.Unlock()
	e.opts.Observer(ev)
}

// Sync makes one pass. The summary counts what was done even if there is an error.
// An error means that the pass did not complete: an [*UnsafeError], a cancelled
// context, a side that was lost ([ErrFatal]), or a base that cannot be written.
// Single files that failed are counted in the summary and reported to the
// observer.
func (e *Engine) Sync(ctx context.Context) (Summary, error) { return e.sync(ctx, nil) }

// sync makes one pass, a full one if scope is nil.
func (e *Engine) sync(ctx context.Context, scope *Scope) (Summary, error) {
	start := e.opts.Now()
	if scope != nil && scope.Empty() {
		e.tell(Ended{})
		return Summary{}, nil
	}
	sum, retry, err := e.pass(ctx, e.opts.Policy, scope)
	if err == nil && retry != (secondHalf{}) {
		policy := e.opts.Policy
		policy.NoMoves = retry.noMoves
		policy.secondHalf = true
		var again Summary
		sum.Failed, sum.Problems, sum.Twins, sum.Skipped, sum.Conflicts = 0, 0, 0, 0, 0
		sum.LeftAlone, sum.NotListed, sum.ConflictsWaiting = 0, 0, 0
		again, _, err = e.pass(ctx, policy, scope)
		sum.add(again)
	}
	sum.Seconds = e.opts.Now().Sub(start).Seconds()
	sum.DryRun, sum.Blind, sum.Part = e.opts.DryRun, e.opts.Blind, e.opts.Only != nil
	e.tell(Ended{Summary: sum})
	return sum, err
}

// A secondHalf says why a pass is followed by another one.
type secondHalf struct {
	noMoves bool // a side refused to rename: transfer and delete instead
	askCase bool // now there are names with which a side can be asked about their case
}

// pass makes one pass under a policy, and a full one if the scope turns out not to
// be enough. It begins again after it waited for somebody else. It reports whether a
// second half should follow.
func (e *Engine) pass(ctx context.Context, policy Policy, scope *Scope) (Summary, secondHalf, error) {
	var held locks
	defer held.releaseAll()
	var collector pack.Collector
	defer collector.Done()
	var p *pass
	var err error
	for {
		policy.only, policy.now = e.opts.Only, e.opts.Now()
		policy.RecentAfter = policy.now.Add(-recentFor)
		policy.partial = scope != nil
		policy.Folding = e.folding
		policy.pinned, policy.localIsServer = e.opts.Pinned, e.opts.LocalIsServer
		if policy.CopyLinks {
			policy.links = newLinksSeen(e.opts.LinkRefusals)
		}
		policy.names = [2]NameEncoder{Local: e.opts.LocalNames, Remote: e.opts.RemoteNames}
		policy.proves, policy.dryRun = scope == nil && !e.opts.DryRun, e.opts.DryRun
		p = &pass{Engine: e, policy: policy, scope: scope, locks: &held, collector: &collector}
		err = p.run(ctx)
		switch {
		case errors.Is(err, errNeedsFullPass):
			e.opts.Log.Debug("the scope is not enough: making a full pass")
			scope = nil
			continue
		case errors.Is(err, errLookAgain):
			e.opts.Log.Info("looking at both sides again", "because", err)
			continue
		}
		break
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if ferr := e.finish(); err == nil {
		err = ferr
	}
	return p.sum, secondHalf{p.moveRefused, p.askCaseAgain && !policy.secondHalf}, err
}

// finish makes everything that was recorded safe, also after a cancelled pass.
func (e *Engine) finish() error {
	if e.opts.DryRun {
		return nil
	}
	e.keepRefusals()
	if err := e.record.Flush(); err != nil {
		return fmt.Errorf("recording what was done: %w", err)
	}
	return nil
}

// A pass is the state of one pass.
type pass struct {
	*Engine
	policy Policy
	scope  *Scope // nil: everything
	locks  *locks
	// collector knows how large the trees are.
	collector *pack.Collector
	roots     [2]RootState
	trees     [2]*manifest.Tree
	plan      *Plan

	base manifest.Base // the record, or the part of it that was loaded
	// In a pass that does not list both sides completely, listed holds the directories
	// of each side that were listed, and everything says that a whole side was.
	listed      [2]map[manifest.Path]bool
	everything  [2]bool
	heldByOther [2]bool                // somebody else holds the lock of this side
	partialBase *manifest.PartialBase  // of a pass over a part
	reported    map[manifest.Path]bool // local paths of the scope
	// dirsBelowRoot is the number of directories of a target of which only the root was
	// listed at first.
	dirsBelowRoot int

	mu          sync.Mutex // guards what follows
	sum         Summary
	leftOut     map[manifest.Path]bool // what a scan met and [Options.LeftOut] names
	undone      map[manifest.Path]bool // paths whose action did not happen: failed, cancelled or left out
	full        [2]int64               // the smallest content for which this side had no room; 0: it had
	lost        error                  // the first error that ends the pass
	away        map[place]bool         // what the plan removes or renames, from the first link on that a side refused
	moveRefused bool
	seenCopies  map[manifest.Path]bool // conflict copies that scans have shown
	hides       [2]bool                // the side has something that is outside [Options.Only]

	askCaseAgain bool // a side could not be asked about the case of names yet
}

func (p *pass) run(ctx context.Context) error {
	err := inOrder(ctx, p.lookAtRoots, p.scan, p.findAsked, p.decide, p.confirmGone, p.announce, p.check)
	if err != nil || p.opts.DryRun {
		return err
	}
	return inOrder(ctx, p.allowed, p.makeRoots, p.carryOut)
}

// inOrder runs one phase after the other until one fails or ctx ends.
func inOrder(ctx context.Context, phases ...func(context.Context) error) error {
	for _, phase := range phases {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := phase(ctx); err != nil {
			return err
		}
	}
	return nil
}

// announce tells the observer what the pass is going to do.
func (p *pass) announce(context.Context) error {
	p.nameLeftOut()
	p.tellTwins()
	p.tellUnlinked()
	p.countPlan()
	p.countUnlisted()
	p.findWaiting()
	p.tell(Planned{Plan: p.plan})
	return nil
}

// check stops the pass if the plan breaks the rails.
func (p *pass) check(context.Context) error {
	files := p.record.Files()
	lost := [2]int{p.deletions.on(Local, files), p.deletions.on(Remote, files)}
	err := p.plan.check(p.opts.Limits, files, lost, [2]bool{p.isEmpty(Local), p.isEmpty(Remote)})
	if err == nil {
		err = p.plan.checkEmpties(p.opts.Limits, files, p.deletions.emptied, p.trees)
	}
	for _, check := range [...]func(files int) error{p.checkMounts, p.checkReplaced, p.checkTargetEmptied, p.checkFirst} {
		if err == nil {
			err = check(files)
		}
	}
	if err != nil && p.scope != nil {
		return errNeedsFullPass // what looks deleted may have been moved out of the scope
	}
	return err
}

// carryOut carries out the plan, holding the locks of the sides that it changes.
func (p *pass) carryOut(ctx context.Context) error {
	return inOrder(ctx, p.lock, p.sweep, p.recordRoots, p.startDeletionCount, p.apply, p.clearDeletionCount, p.tidy)
}

// allowed asks whether a plan that changes a side may be carried out.
func (p *pass) allowed(ctx context.Context) error {
	if p.opts.Allow == nil || !p.plan.Acts() {
		return nil
	}
	return p.opts.Allow(ctx, p.plan)
}

func (p *pass) tidy(ctx context.Context) error {
	for _, side := range p.sides {
		if err := side.Tidy(ctx); err != nil && errors.Is(err, ErrFatal) {
			return err
		}
	}
	return nil
}
