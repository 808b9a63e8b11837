package app

import (
	"context"
	"errors"
	"time"

	"ferry/internal/ftp/third"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/filter"
	"ferry/sync/local"
	"ferry/sync/remote"
)

// An Engine makes passes over a pair. [sync.Engine] is one.
type Engine interface {
	Sync(ctx context.Context) (sync.Summary, error)
	SyncPaths(ctx context.Context, scope sync.Scope) (sync.Summary, error)
}

// An OpenPair is a pair with both sides and its record at hand.
type OpenPair struct {
	Engine Engine
	Sides  [2]Store
	record *manifest.Store // nil in tests
	close  func() error    // nil in tests
}

// Close lets go of the sides and the record.
func (p *OpenPair) Close() error {
	if p.close == nil {
		return nil
	}
	return p.close()
}

// PassOptions say how passes are made, besides what the pair says.
type PassOptions struct {
	DryRun bool
	// AllowDeletes and AcceptEmpty take a rail away, for one pass.
	AllowDeletes, AcceptEmpty bool
	// Wait waits for another run on the pair to end, in place of an error.
	Wait bool
	// WaitLimit is how long that may take; 0: for ever.
	WaitLimit time.Duration
	// Observer is told what happens, one event at a time; it may be nil.
	Observer sync.Observer

	// Confirm is asked before the first change, and its error ends the pass; it may be nil.
	Confirm func(*sync.Plan) error

	waitUntil time.Time  // the end of WaitLimit
	hooks     *passHooks // nil: there are none
	// deletions is what passes over parts have counted, where the pair is opened again
	// and again; nil: it is not.
	deletions *sync.DeletionCount
	// trees, where it is not nil, receives the whole trees that were scanned.
	trees *[2]*manifest.Tree
}

// open opens a pair for passes. A dry run neither makes nor changes a record.
func (o *Opener) open(ctx context.Context, p *Pair, opts PassOptions) (*OpenPair, error) {
	if o.Open != nil {
		return o.Open(ctx, p, opts)
	}
	if opts.WaitLimit > 0 {
		opts.waitUntil = time.Now().Add(opts.WaitLimit)
	}
	var open closers
	giveBack, err := o.takeOverHalted(ctx, p)
	if err != nil {
		return nil, err
	}
	open.add(giveBack)
	record, err := o.openRecord(ctx, p, opts)
	if err != nil {
		return nil, errors.Join(err, open.close())
	}
	open.add(record.Close)
	engine := o.engineOptions(p, opts)
	far, base, err := o.openFarSide(ctx, p, opts, record, &engine)
	if err != nil {
		return nil, errors.Join(err, open.close())
	}
	open.add(far.Close)
	near, err := o.openNearSide(ctx, p, opts, far)
	if err != nil {
		return nil, errors.Join(err, open.close())
	}
	open.add(near.Close)
	sides := [2]Store{near, far}
	if opts.trees != nil {
		for i := range sides {
			sides[i] = &scannedSide{sides[i], &opts.trees[i]}
		}
	}
	return &OpenPair{
		Engine: sync.New(sides[sync.Local], sides[sync.Remote], base, engine),
		Sides:  sides,
		record: record,
		close:  open.close,
	}, nil
}

// openNearSide opens the local directory, or connects to the target of a copy from far.
func (o *Opener) openNearSide(ctx context.Context, p *Pair, opts PassOptions, far Store) (Store, error) {
	if p.Target != nil {
		return o.openTarget(ctx, p, opts, far)
	}
	return local.Open(p.Local, local.Options{FollowLinks: p.FollowLinks, Permissions: p.Permissions && !p.Blind, Reserved: p.Reserved.Match, Log: o.Log,
		Owner: o.ownership(p, opts.DryRun).Owner, Temps: o.temps(p, sync.Local, opts.DryRun)})
}

// openServer connects to the server for passes that look at it.
func (o *Opener) openServer(ctx context.Context, p *Pair, opts PassOptions) (*remote.Directory, error) {
	server, err := o.passServerOptions(ctx, p, opts)
	if err != nil {
		return nil, err
	}
	far, err := remote.Open(ctx, server)
	return far, connecting(p, err)
}

// passServerOptions returns what is needed to connect to the server of a pair for passes.
func (o *Opener) passServerOptions(ctx context.Context, p *Pair, opts PassOptions) (remote.Options, error) {
	server, err := o.serverOptions(ctx, p)
	if err != nil {
		return server, err
	}
	server.Notice = func(text string) {
		if opts.Observer != nil {
			opts.Observer(sync.Noticed{Text: text})
		}
	}
	if p.Target != nil { // what is read here goes to another server
		p.Link = &third.Link{Mode: p.Between, Tell: func(why string) {
			server.Notice("the servers do not send to each other, so all data goes through this machine: " + why)
		}}
		server.Link = p.Link
	}
	server.Permissions, server.WaitLock, server.WaitLockUntil = p.Permissions, opts.Wait, opts.waitUntil
	if !opts.DryRun {
		mine := o.ownership(p, false)
		server.Owner, server.Boot = mine.Owner, mine.Boot
		server.Temps = o.temps(p, sync.Remote, p.Target != nil) // nothing is written to the source of a copy
	}
	return server, nil
}

// engineOptions returns what the profile and the options say about a pass.
func (o *Opener) engineOptions(p *Pair, opts PassOptions) sync.Options {
	limits := p.Limits
	limits.AllowDeletes, limits.AcceptEmpty = opts.AllowDeletes, opts.AcceptEmpty
	return sync.Options{
		Policy:        p.Policy(),
		Limits:        limits,
		Ignore:        p.ignored,
		Only:          filter.NewOnly(p.Only),
		LeftOut:       p.leftOut,
		Pinned:        p.Reserved,
		NamedRoot:     p.ID != "",
		Workers:       p.Connections,
		LocalNames:    p.localNames(),
		RemoteNames:   p.remoteNames(),
		LocalIsServer: p.Target != nil,
		Verify:        p.Verify,
		DryRun:        opts.DryRun,
		Allow:         opts.allower(),
		Deletions:     opts.deletions,
		Waiting:       o.waitingConflicts(p),
		LinkRefusals:  o.linkRefusals(p),
		Observer:      opts.hooks.observe(opts.Observer),
		Log:           o.Log,
		Now:           o.Now,
	}
}

// allower returns the [sync.Options.Allow] of a pass.
func (o PassOptions) allower() func(context.Context, *sync.Plan) error {
	next := o.hooks.allower()
	if o.Confirm == nil {
		return next
	}
	return func(ctx context.Context, plan *sync.Plan) error {
		if err := o.Confirm(plan); err != nil || next == nil {
			return err
		}
		return next(ctx, plan)
	}
}

// closers closes what was opened, the last first.
type closers []func() error

func (c *closers) add(f func() error) { *c = append(*c, f) }

func (c *closers) close() error {
	var errs []error
	for i := len(*c) - 1; i >= 0; i-- {
		errs = append(errs, (*c)[i]())
	}
	*c = nil
	return errors.Join(errs...)
}
