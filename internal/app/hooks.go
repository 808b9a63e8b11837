package app

import (
	"context"
	stdsync "sync"

	"ferry/internal/hooks"
	"ferry/manifest"
	"ferry/sync"
)

// passHooks run the commands of one pair around its passes. A nil one runs none. One
// serves all passes of a pair, one after another, for as long as the pair is kept in
// step; what was told once in a row is not told again, so that a watch whose server
// is away calls once.
//
//	h := opener.hooks(p, talk)
//	o.hooks = h // in the PassOptions: the engine asks it before acting, and it listens
//	summary, err, hookErr := h.around(ctx, func(ctx) { return engine.Sync(ctx) }) // or SyncPaths
//
// Where a pair could not even be opened, h.around with a function that returns that
// error runs on-error.
type passHooks struct {
	opener *Opener
	pair   *Pair
	talk   Talker

	mu     stdsync.Mutex // events come from several goroutines
	pass   hookedPass
	told   map[string]bool // conflicts that on-conflict was told of
	broken string          // what on-error was told last, if no pass went well since
}

// A hookedPass is what one pass did so far.
type hookedPass struct {
	acted     bool // the plan was let through, so that after is due
	conflicts []sync.Conflict
	aside     map[manifest.Path]bool // conflict copies that were made
	done      []string
	failed    []string
}

// hooks returns what runs the hooks of p, nil where it has none. talk hears what they
// print; nil: the opener's does.
func (o *Opener) hooks(p *Pair, talk Talker) *passHooks {
	if len(p.Hooks.All()) == 0 {
		return nil
	}
	if talk == nil {
		talk = o.Talk
	}
	return &passHooks{opener: o, pair: p, talk: talk, told: make(map[string]bool)}
}

// around makes a pass with the hooks around it. It returns what pass returned, and
// the errors of the hooks that ran when it had ended. A failing before is an error of
// the pass itself. Passes of one pair must not overlap.
func (h *passHooks) around(ctx context.Context, pass func(context.Context) (sync.Summary, error)) (s sync.Summary, err, hookErr error) {
	if h == nil {
		s, err = pass(ctx)
		return s, err, nil
	}
	h.mu.Lock()
	h.pass = hookedPass{aside: make(map[manifest.Path]bool)}
	h.mu.Unlock()
	s, err = pass(ctx)
	return s, err, h.ended(ctx, s, err)
}

// observe returns an observer that listens for what the hooks are told.
func (h *passHooks) observe(next sync.Observer) sync.Observer {
	if h == nil {
		return next
	}
	return func(ev sync.Event) {
		h.listen(ev)
		if next != nil {
			next(ev)
		}
	}
}

func (h *passHooks) listen(ev sync.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch ev := ev.(type) {
	case sync.Planned:
		h.pass.conflicts = append(h.pass.conflicts, ev.Plan.Conflicts...)
	case sync.Finished:
		switch {
		case !ev.Action.Visible():
		case ev.Err != nil:
			h.pass.failed = append(h.pass.failed, string(ev.Action.Path))
		default:
			if ev.Action.Op == sync.SetAside && h.pass.aside != nil {
				h.pass.aside[ev.Action.Path] = true
			}
			h.pass.done = appendPaths(h.pass.done, ev.Action)
		}
	}
}

// appendPaths adds the paths that an action touches: two for a rename.
func appendPaths(paths []string, a *sync.Action) []string {
	if a.Op == sync.Rename || a.Op == sync.SetAside {
		paths = append(paths, string(a.From))
	}
	return append(paths, string(a.Path))
}

// allower returns the [sync.Options.Allow] of the engine of the pair.
func (h *passHooks) allower() func(context.Context, *sync.Plan) error {
	if h == nil {
		return nil
	}
	return h.allow
}

// allow runs before, once a pass.
func (h *passHooks) allow(ctx context.Context, plan *sync.Plan) error {
	h.mu.Lock()
	again := h.pass.acted
	h.pass.acted = true
	h.mu.Unlock()
	if again || h.pair.Hooks.Before == "" {
		return nil
	}
	var paths []string
	for _, a := range plan.Actions.All() {
		if a.Visible() {
			paths = appendPaths(paths, a)
		}
	}
	ev := hooks.Event{Fields: h.fields("before", plan.Summary()), Paths: inOrder(paths)}
	err := h.run(ctx, "before", h.pair.Hooks.Before, ev)
	if err != nil {
		h.mu.Lock()
		h.pass.acted = false
		h.mu.Unlock()
	}
	return err
}
