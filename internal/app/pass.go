package app

import (
	"context"
	"errors"
	stdsync "sync"

	"ferry/internal/app/news"
	"ferry/internal/app/retention"
	"ferry/internal/history"
	"ferry/sync"
	"ferry/sync/mirror"
	"ferry/sync/trashbin"
)

// A PassReport shows one pass.
type PassReport = news.Report

// A Pass is one pass over a pair, with the hooks before and after it, and the trash
// looked after at its end. Talk hears what the hooks print. End of Report is left to
// the caller.
type Pass struct {
	Opener  *Opener
	Pair    *Pair
	Options PassOptions
	Report  PassReport // may be nil
	Talk    Talker     // nil: that of Opener
}

// A PassResult is what a pass came to.
type PassResult struct {
	// Summary counts what was done, also where there is an error.
	Summary sync.Summary
	// Err is what kept the pass from coming to its end.
	Err error
	// HookErr is that of the hooks that ran when the pass was over.
	HookErr error
	// Pending says that the plan had something to do.
	Pending bool
}

// Error returns Err, or else HookErr, marked for [AfterPass].
func (r PassResult) Error() error {
	if r.Err == nil && r.HookErr != nil {
		return &afterError{r.HookErr}
	}
	return r.Err
}

// An afterError is that of a hook that ran when the pass had come to its end: what
// the pass did is done.
type afterError struct{ error }

func (e *afterError) Unwrap() error { return e.error }

// AfterPass reports whether err happened when the pass itself was over.
func AfterPass(err error) bool {
	var after *afterError
	return errors.As(err, &after)
}

// Run makes the pass. It may be called once.
func (p *Pass) Run(ctx context.Context) PassResult {
	var result PassResult
	o := p.Options
	var record *history.Recorder
	if !o.DryRun {
		o.hooks = p.Opener.hooks(p.Pair, p.Talk)
		record = p.Opener.recorder(p.Pair, false)
	}
	if n := p.Pair.Connections; n > 0 && p.Pair.Segments > n && p.Pair.Direction != sync.Push {
		p.Opener.Talk.Note("%d segments need as many connections: with connections at %d, a large file is read over %d", p.Pair.Segments, n, n)
	}
	keep := p.Opener.retention(p.Pair, record)
	var turned *mirror.Mirror // of a copy, which people see the other way round
	if p.Pair.Target != nil {
		turned = new(mirror.Mirror)
	}
	var mu stdsync.Mutex // the connection pool makes remarks between the engine's events
	o.Observer = func(ev sync.Event) {
		mu.Lock()
		defer mu.Unlock()
		if planned, ok := ev.(sync.Planned); ok {
			result.Pending = !planned.Plan.Empty()
		}
		keep.Event(ev)
		if turned != nil {
			ev = turned.Event(ev)
		}
		record.Event(ev)
		if p.Report != nil {
			p.Report.Event(ev)
		}
		if p.Options.Observer != nil {
			p.Options.Observer(ev)
		}
	}
	result.Summary, result.Err, result.HookErr = o.hooks.around(ctx, func(ctx context.Context) (sync.Summary, error) {
		return p.work(ctx, o, keep)
	})
	if result.Err != nil && ctx.Err() != nil {
		result.Err = Interrupted()
	}
	if turned != nil {
		result.Summary, result.Err = mirror.Summary(result.Summary), mirror.Error(result.Err, p.Pair.Command("copy"))
	}
	record.End(&result.Summary, PassCode(result.Summary, result.Error()), result.Error())
	return result
}

// work opens both sides, makes the pass, and looks after the trash.
func (p *Pass) work(ctx context.Context, o PassOptions, keep *retention.Trash) (sync.Summary, error) {
	open, err := p.Opener.open(ctx, p.Pair, o)
	if err != nil {
		return sync.Summary{DryRun: o.DryRun}, err
	}
	if p.Report != nil {
		p.Report.Begin() // nobody needs to be asked for a password any more
	}
	summary, err := open.Engine.Sync(ctx)
	if err == nil && !o.DryRun && ctx.Err() == nil {
		keep.Trim(ctx, open.bins())
	}
	return summary, errors.Join(err, open.Close())
}

// bins returns the trashes of both sides.
func (p *OpenPair) bins() [2]trashbin.Bin {
	return [2]trashbin.Bin{p.Sides[sync.Local], p.Sides[sync.Remote]}
}
