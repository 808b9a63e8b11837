package app

import (
	"context"
	"fmt"
	"slices"

	"ferry/internal/filewatch"
)

// load returns the pairs to keep in step.
func (w *Watch) load() ([]*Pair, error) {
	pairs, err := w.Load()
	if err != nil {
		return nil, err
	}
	names := make(map[string]string)
	for _, p := range pairs {
		key := p.StateKey()
		if other, twice := names[key]; twice {
			return nil, Usage(fmt.Errorf("the profiles %s and %s are of the same two directories", other, p.Name), "watch one of them")
		}
		names[key] = p.Name
	}
	return pairs, nil
}

// sourceFiles returns the files that pairs come from. A pair that was given directly
// has none but its ignore file.
func sourceFiles(pairs []*Pair) []string {
	var files []string
	for _, p := range pairs {
		if p.File != "" && !slices.Contains(files, p.File) {
			files = append(files, p.File)
		}
		files = append(files, p.RulesFile)
		if p.trusted != "" && !slices.Contains(files, p.trusted) {
			files = append(files, p.trusted) // a change that waits for trust is taken over with it
		}
	}
	return files
}

// reload reads the files again: new pairs are started, pairs that are gone are stopped,
// those that changed are started anew, and the others go on untouched. If something is
// wrong with a file, all goes on as it was.
func (w *Watch) reload(ctx context.Context, files *filewatch.Watch) {
	w.logged(w.notify.Reloading())
	defer func() { w.logged(w.notify.Ready()) }()
	pairs, err := w.load()
	if err != nil {
		if w.ReloadFailed != nil {
			w.ReloadFailed(err)
		}
		w.Opener.Talk.Note("what ran before goes on")
		return
	}
	files.Follow(sourceFiles(pairs))
	var kept, gone []*watchedPair
	for _, wp := range w.all() {
		if slices.ContainsFunc(pairs, wp.pair.same) {
			kept = append(kept, wp)
		} else {
			gone = append(gone, wp)
		}
	}
	for _, wp := range gone {
		w.Opener.Talk.Note("%s: %s", wp.pair.Title(), leaving(wp, pairs))
	}
	w.stop(gone)
	for _, p := range pairs {
		if !slices.ContainsFunc(kept, func(wp *watchedPair) bool { return wp.pair.same(p) }) {
			w.start(ctx, p, false)
		}
	}
	w.order(pairs)
}

// leaving says why a pair is stopped that is not among pairs as it was.
func leaving(wp *watchedPair, pairs []*Pair) string {
	for _, p := range pairs {
		if p.Name == wp.pair.Name {
			return "its configuration has changed, beginning anew"
		}
	}
	return "it is not in the configuration any more, ending"
}

// order puts the pairs in the order of the configuration.
func (w *Watch) order(pairs []*Pair) {
	at := make(map[string]int)
	for i, p := range pairs {
		at[p.Name] = i
	}
	w.mu.Lock()
	slices.SortStableFunc(w.pairs, func(a, b *watchedPair) int { return at[a.pair.Name] - at[b.pair.Name] })
	w.mu.Unlock()
	if w.Redraw != nil {
		w.Redraw()
	}
	w.changed()
}
