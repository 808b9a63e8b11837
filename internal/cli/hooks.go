package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	stdsync "sync"

	"ferry/internal/hooks"
	"ferry/manifest"
	"ferry/sync"
)

// A hooked runs the hooks of one pair around its passes. A nil one has none. One
// serves all passes of a pair, one after another, for as long as the pair is
// kept in step:
//
//	h := a.hooked(p)
//	o.hooks = h // in the passOptions for openPair: the engine asks before, and is listened to
//	summary, err, late := h.around(ctx, func(ctx) { return engine.Sync(ctx) }) // or SyncPaths
//
// Where a pair could not even be opened, h.around with a function that returns
// that error runs on-error. What was told once in a row is not told again, so
// that a watch whose server is away calls once.
type hooked struct {
	app  *app
	pair *pair
	name string // of the profile, where several talk

	mu     stdsync.Mutex // events come from several goroutines
	pass   hookedPass
	told   map[string]bool // conflicts that on-conflict was told of
	broken string          // what on-error was told last, since when no pass went well
}

// A hookedPass is what one pass did so far.
type hookedPass struct {
	acted     bool // the plan was let through, so that after is due
	conflicts []sync.Conflict
	aside     map[manifest.Path]bool // conflict copies that were made
	done      []string
	failed    []string
}

// hooked returns what runs the hooks of p, nil where it has none.
func (a *app) hooked(p *pair) *hooked {
	h := p.Hooks
	if h.Before == "" && h.After == "" && h.OnConflict == "" && h.OnError == "" {
		return nil
	}
	return &hooked{app: a, pair: p, told: make(map[string]bool)}
}

// named has what hooks print said under the name of the profile.
func (h *hooked) named(name string) *hooked {
	if h != nil {
		h.name = name
	}
	return h
}

// around makes a pass with the hooks around it. It returns what pass returned;
// late holds the errors of hooks that ran when it had ended, and is told nowhere
// yet. A failing before is an error of the pass itself. Passes of one pair must
// not overlap.
func (h *hooked) around(ctx context.Context, pass func(context.Context) (sync.Summary, error)) (s sync.Summary, err, late error) {
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

// A lateError is that of a hook that ran when the pass had come to its end: what
// the pass did is done.
type lateError struct{ error }

func (e *lateError) Unwrap() error { return e.error }

func isLate(err error) bool {
	var late *lateError
	return errors.As(err, &late)
}

// observe returns an observer that listens for what the hooks are told.
func (h *hooked) observe(next sync.Observer) sync.Observer {
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

func (h *hooked) listen(ev sync.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch ev := ev.(type) {
	case sync.Planned:
		h.pass.conflicts = append(h.pass.conflicts, ev.Plan.Conflicts...)
	case sync.Finished:
		switch {
		case !told(ev.Action):
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
func (h *hooked) allower() func(context.Context, *sync.Plan) error {
	if h == nil {
		return nil
	}
	return h.allow
}

// allow runs before, once a pass.
func (h *hooked) allow(ctx context.Context, plan *sync.Plan) error {
	h.mu.Lock()
	again := h.pass.acted
	h.pass.acted = true
	h.mu.Unlock()
	if again || h.pair.Hooks.Before == "" {
		return nil
	}
	var paths []string
	for i := range plan.Actions {
		if told(&plan.Actions[i]) {
			paths = appendPaths(paths, &plan.Actions[i])
		}
	}
	ev := hooks.Event{Fields: h.fields("before", planned(plan)), Paths: inOrder(paths)}
	err := h.run(ctx, "before", h.pair.Hooks.Before, ev)
	if err != nil {
		h.mu.Lock()
		h.pass.acted = false
		h.mu.Unlock()
	}
	return err
}

// ended runs what is due when a pass has ended with s and err, and returns the
// errors of the hooks. An interrupted pass runs nothing more.
func (h *hooked) ended(ctx context.Context, s sync.Summary, err error) error {
	h.mu.Lock()
	pass := h.pass
	h.mu.Unlock()
	if ctx.Err() != nil {
		return nil
	}
	code := summaryCode(s)
	if err != nil {
		code = errorCode(err)
	}
	if code == ExitInterrupted {
		return nil
	}
	var errs []error
	own := h.pair.Hooks
	if own.After != "" && err == nil && pass.acted {
		ev := hooks.Event{Fields: h.fields("after", s, hooks.Field{Name: "exit", Value: code}), Paths: inOrder(pass.done)}
		errs = append(errs, h.run(ctx, "after", own.After, ev))
	}
	if conflicts := h.news(pass); own.OnConflict != "" && len(conflicts) > 0 {
		ev := hooks.Event{Fields: h.fields("on-conflict", s, hooks.Field{Name: "exit", Value: code}), Conflicts: conflicts}
		errs = append(errs, h.run(ctx, "on-conflict", own.OnConflict, ev))
	}
	late := errors.Join(errs...)
	if ctx.Err() == nil {
		late = errors.Join(late, h.onError(ctx, s, code, errors.Join(err, late), pass.failed))
	}
	return late
}

// onError runs on-error where a pass or one of its hooks failed, and not a second
// time for the same failure.
func (h *hooked) onError(ctx context.Context, s sync.Summary, code int, err error, failed []string) error {
	if err != nil && (code == ExitOK || code == ExitConflicts || code == ExitIncomplete) {
		code = worse(code, ExitHook)
	}
	text := ""
	switch {
	case err != nil:
		text = cleanLines(err.Error())
	case code == ExitIncomplete:
		text = fmt.Sprintf("%s failed, %s could not be read", count(s.Failed, "file"), count(s.Problems, "part"))
	default:
		h.broken = ""
		return nil
	}
	what := strconv.Itoa(code)
	if code != ExitConnect { // its words change with every try
		what += " " + text + "\x00" + strings.Join(failed, "\x00")
	}
	if h.pair.Hooks.OnError == "" || h.broken == what {
		return nil
	}
	h.broken = what
	fields := h.fields("on-error", s, hooks.Field{Name: "exit", Value: code}, hooks.Field{Name: "error", Value: text})
	return h.run(ctx, "on-error", h.pair.Hooks.OnError, hooks.Event{Fields: fields, Paths: inOrder(failed)})
}

// news returns the conflicts of a pass that wait for the user and that
// on-conflict was not told of yet.
func (h *hooked) news(pass hookedPass) []hooks.Conflict {
	var found []hooks.Conflict
	for _, c := range pass.conflicts {
		if !c.Skipped && !pass.aside[c.Copy] {
			continue
		}
		key := fmt.Sprint(c.Path, "\x00", c.Copy, "\x00", c.Local.Size, c.Local.ModTime, c.Remote.Size, c.Remote.ModTime)
		if !h.told[key] {
			h.told[key] = true
			found = append(found, hooks.Conflict{Path: string(c.Path), Copy: string(c.Copy)})
		}
	}
	return found
}
