package app

import (
	"context"
	"errors"
	"ferry/internal/hooks"
	"ferry/internal/text"
	"ferry/sync"
	"fmt"
	"strconv"
	"strings"
)

// ended runs what is due when a pass has ended with s and err, and returns the
// errors of the hooks. An interrupted pass runs nothing more.
func (h *passHooks) ended(ctx context.Context, s sync.Summary, err error) error {
	h.mu.Lock()
	pass := h.pass
	h.mu.Unlock()
	if ctx.Err() != nil {
		return nil
	}
	code := summaryCode(s)
	if err != nil {
		code = ExitCode(err)
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
	hookErr := errors.Join(errs...)
	if ctx.Err() == nil {
		hookErr = errors.Join(hookErr, h.onError(ctx, s, code, errors.Join(err, hookErr), pass.failed))
	}
	return hookErr
}

// onError runs on-error where a pass or one of its hooks failed, and not a second
// time for the same failure.
func (h *passHooks) onError(ctx context.Context, s sync.Summary, code int, err error, failed []string) error {
	if err != nil && (code == ExitOK || code == ExitConflicts || code == ExitIncomplete) {
		code = Worse(code, ExitHook)
	}
	why := ""
	switch {
	case err != nil:
		why = text.CleanLines(err.Error())
	case code == ExitIncomplete:
		why = fmt.Sprintf("%s failed, %s could not be read", text.Count(s.Failed, "file"), text.Count(s.Problems-s.Twins, "part"))
		if s.Twins > 0 {
			why += fmt.Sprintf(", %s left alone because the other side cannot have them", text.Count(s.Twins, "name"))
		}
	default:
		h.broken = ""
		return nil
	}
	what := strconv.Itoa(code)
	if code != ExitConnect { // its words change with every try
		what += " " + why + "\x00" + strings.Join(failed, "\x00")
	}
	if h.pair.Hooks.OnError == "" || h.broken == what {
		return nil
	}
	h.broken = what
	fields := h.fields("on-error", s, hooks.Field{Name: "exit", Value: code}, hooks.Field{Name: "error", Value: why})
	return h.run(ctx, "on-error", h.pair.Hooks.OnError, hooks.Event{Fields: fields, Paths: inOrder(failed)})
}

// news returns the conflicts of a pass that wait for the user and that
// on-conflict was not told of yet.
func (h *passHooks) news(pass hookedPass) []hooks.Conflict {
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
