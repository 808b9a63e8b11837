package app

import (
	"context"
	"encoding/json"

	"ferry/internal/daemon"
	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
)

// An Acting is a watched pair for those who ask its watch to do something. It works with
// the settings, passwords and rules of the watch.
type Acting struct {
	Opener *Opener
	Pair   *Pair // a copy, for this act only
	wp     *watchedPair
}

// An ActFunc does what a client of the socket asks for with a pair, and returns what is
// sent back as JSON. It may be called from several goroutines at once.
type ActFunc func(ctx context.Context, a *Acting, what string, with json.RawMessage) (any, error)

// HandOver closes the pair, so that the act can open it, until takeBack is called. Since somebody
// has asked for the act, it does not wait for a server that was lost.
func (a *Acting) HandOver(ctx context.Context) (takeBack func(), err error) {
	a.Opener.servers.TryNow()
	return a.wp.watch.HandOver(ctx)
}

// DryRun returns a pass that changes nothing, with what the watch has deleted before. The pair
// must be handed over.
func (a *Acting) DryRun(observer sync.Observer) Pass {
	return Pass{Opener: a.Opener, Pair: a.Pair, Options: PassOptions{DryRun: true, Observer: observer, deletions: &a.wp.deletions}}
}

// Held counts what a side holds, as far as both sides agree.
type Held struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// Count counts what both sides hold. known is false while the pair is not connected.
func (a *Acting) Count(ctx context.Context) (sides [2]Held, known bool) {
	a.wp.mu.Lock()
	open := a.wp.open
	a.wp.mu.Unlock()
	if open == nil || open.record == nil {
		return sides, false
	}
	for _, pair := range open.record.All() {
		for i, e := range [...]manifest.Entry{pair.Local, pair.Remote} {
			if e.IsFile() {
				sides[i].Files++
				sides[i].Bytes += e.Size
			}
		}
		if ctx.Err() != nil {
			return sides, false
		}
	}
	a.wp.mu.Lock()
	defer a.wp.mu.Unlock()
	return sides, a.wp.open == open // a record that is closed has nothing
}

// act has do answer the requests to act.
func (wp *watchedPair) act(do ActFunc) func(context.Context, string, json.RawMessage) (any, error) {
	if do == nil {
		return nil
	}
	return func(ctx context.Context, what string, with json.RawMessage) (any, error) {
		o := wp.opener.Options
		o.Talk, o.Dialing, o.Command, o.Verbose = wp.view, nil, "dashboard", false
		p := wp.asGiven.clone()
		p.held = true // the act asks for it itself
		a := &Acting{Opener: &Opener{Options: o, once: &saidOnce{}, typed: wp.opener.typed, servers: wp.opener.servers}, Pair: p, wp: wp}
		result, err := do(ctx, a, what, with)
		if err != nil {
			return nil, &daemon.Refusal{Text: text.CleanLines(err.Error()), Hint: watchHint(Hint(err), wp.pair)}
		}
		return result, nil
	}
}

// connected notes that both sides are open, or are not where open is nil.
func (wp *watchedPair) connected(open *OpenPair) {
	wp.mu.Lock()
	defer wp.mu.Unlock()
	wp.open = open
}

// connection says how the server is spoken to; "": it is not.
func (wp *watchedPair) connection() (mode, tls string) {
	if wp.open == nil {
		return "", ""
	}
	if far, ok := wp.open.Sides[Remote].(interface{ InUse() (mode, tls string) }); ok {
		return far.InUse()
	}
	return "", ""
}
