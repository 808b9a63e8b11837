package cli

import (
	"context"
	"errors"
	stdsync "sync"

	"ferry/manifest"
	"ferry/sync"
)

// passer is what a pass needs of an engine; a test puts its own in place.
type passer interface {
	Sync(ctx context.Context) (sync.Summary, error)
}

// opened is a pair with both sides and its record at hand.
type opened struct {
	engine passer
	sides  [2]store
	record *manifest.Store // nil in tests
	close  func() error
}

// passOptions say how a pass is made, besides what the pair says.
type passOptions struct {
	dryRun       bool
	allowDeletes bool
	acceptEmpty  bool
	wait         bool
	observer     sync.Observer
	// hooks run around the pass; nil: there are none.
	hooks *hooked
	// spent is what passes over parts have counted, where the pair is opened again
	// and again; nil: it is not.
	spent *sync.DeletionCount
	// trees, where it is given, receives the whole trees that were looked at.
	trees *[2]*manifest.Tree
}

// passes makes a pass over each pair, one after another, and returns the exit
// code that counts. pending makes a plan that is not empty count as
// [ExitPending].
func (a *app) passes(ctx context.Context, pairs []*pair, o passOptions, pending bool) int {
	code := ExitOK
	for _, p := range pairs {
		code = worse(code, a.pass(ctx, p, o, len(pairs) > 1, pending))
		if ctx.Err() != nil {
			return ExitInterrupted
		}
	}
	return code
}

func (a *app) pass(ctx context.Context, p *pair, o passOptions, titled, pending bool) int {
	head := p.head(o.dryRun, titled)
	var plan *sync.Plan
	report := a.newReport(head)
	if !o.dryRun {
		o.hooks = a.hooked(p)
		if titled {
			o.hooks.named(head.profile)
		}
	}
	old := &retention{app: a, pair: p}
	var mu stdsync.Mutex // remarks of the connection pool come between the engine's events
	o.observer = func(ev sync.Event) {
		mu.Lock()
		defer mu.Unlock()
		if planned, ok := ev.(sync.Planned); ok {
			plan = planned.Plan
		}
		old.event(ev)
		report.event(ev)
	}
	a.warnServed(p, o)
	if head.titled || head.dryRun {
		a.sayHead(head)
	}
	summary, err, late := o.hooks.around(ctx, func(ctx context.Context) (sync.Summary, error) {
		return a.onePass(ctx, p, o, old, report.begin)
	})
	switch {
	case err != nil && ctx.Err() != nil:
		err = interrupted(err)
	case err == nil && late != nil:
		err = &lateError{late}
	case late != nil:
		a.tellFailure(head, late)
	}
	report.end(summary, err)
	switch {
	case err != nil:
		a.failPass(head, err)
		return endCode(summary, err)
	case pending && summaryCode(summary) == ExitOK && plan != nil && !plan.Empty():
		return ExitPending
	}
	return summaryCode(summary)
}

// onePass opens both sides and lets the engine go. begin is called in between,
// when nobody needs to be asked for a password any more.
func (a *app) onePass(ctx context.Context, p *pair, o passOptions, old *retention, begin func()) (sync.Summary, error) {
	at, err := a.open(ctx, a, p, o)
	if err != nil {
		return sync.Summary{DryRun: o.dryRun}, err
	}
	begin()
	summary, err := at.engine.Sync(ctx)
	if err == nil && !o.dryRun && ctx.Err() == nil {
		old.trim(ctx, [2]sync.Bin{at.sides[sync.Local], at.sides[sync.Remote]})
	}
	return summary, errors.Join(err, at.close())
}

// warnServed says once a run what a trash on a web server is: something that
// can be fetched.
func (a *app) warnServed(p *pair, o passOptions) {
	if a.servedTold || o.dryRun || p.Direction != sync.Push || !p.policy().Trash[sync.Remote] {
		return
	}
	a.servedTold = true
	a.talk().warn("the trash .ferry/ lies below the directory that is pushed; if a web server serves it, deny it or use --trash off")
}

// newReport returns what shows a pass: JSON, or text with bars on a terminal.
func (a *app) newReport(head passHead) reporter {
	if a.common.json {
		return &jsonReport{head: head, out: a.env.Stdout, now: a.env.Now, quiet: a.common.quiet, talk: a.talk()}
	}
	report := &textReport{head: head, out: a.env.Stdout, talk: a.talk(), verbose: a.common.verbose > 0 || a.tellFiles}
	if a.env.StderrTerminal && !a.common.noProgress && !a.common.quiet {
		report.draw = func() *bars { return newBars(a.stderr, a.env.Stderr, a.env.Width, a.env.Now) }
	}
	return report
}

// sayHead names the two sides of a pass, and the way that changes go.
func (a *app) sayHead(head passHead) {
	arrow := map[sync.Direction]string{sync.Both: "<->", sync.Push: "-->", sync.Pull: "<--"}[head.direction]
	name := ""
	if head.profile != "" {
		name = head.profile + ": "
	}
	a.talk().note("%s%s %s %s", name, clean(head.local), arrow, clean(head.remote))
}

// failPass says what ended a pass, with the name of its profile where several
// run.
func (a *app) failPass(head passHead, err error) {
	talk := a.talk()
	if head.titled && head.profile != "" {
		talk.say("error: ", head.profile+": "+err.Error())
		talk.say("hint: ", hintFor(err))
		return
	}
	talk.fail(err)
}
