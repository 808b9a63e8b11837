package cli

import (
	"context"
	"maps"
	"os"
	"reflect"
	"slices"
	stdsync "sync"
	"time"
)

// lookEvery is how often the files are looked at from which a watch takes its
// rules. Editors put new files in the place of old ones: a look at the name
// finds out, whatever they do.
const lookEvery = 2 * time.Second

// A source knows the files that the pairs of a watch come from, the
// configuration and the ignore files, and tells when one of them has changed.
type source struct {
	changed chan struct{}

	mu    stdsync.Mutex // guards files
	files map[string]os.FileInfo
}

// newSource returns a source that looks at its files until ctx ends.
func newSource(ctx context.Context, files []string) *source {
	s := &source{changed: make(chan struct{}, 1)}
	s.follow(files)
	go s.run(ctx)
	return s
}

// follow takes other files, as they are now.
func (s *source) follow(files []string) {
	now := lookAt(files)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = now
}

// lookAt returns what files look like from outside, nil for those that are not
// there.
func lookAt(files []string) map[string]os.FileInfo {
	found := make(map[string]os.FileInfo, len(files))
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			info = nil
		}
		found[path] = info
	}
	return found
}

// run looks at the files again and again. A change counts once nothing more has
// happened between two looks: whoever writes a file in place is then done.
func (s *source) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var before map[string]os.FileInfo // a change that was seen one look ago
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.mu.Lock()
		known := s.files
		s.mu.Unlock()
		now := lookAt(slices.Collect(maps.Keys(known)))
		switch {
		case sameLooks(known, now):
			before = nil
		case before == nil || !sameLooks(before, now):
			before = now
		default:
			before = nil
			s.settle(known, now)
		}
	}
}

// settle takes what files look like now for known, and tells that they have
// changed.
func (s *source) settle(known, now map[string]os.FileInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !sameLooks(s.files, known) {
		return // read again in between
	}
	s.files = now
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

func sameLooks(a, b map[string]os.FileInfo) bool {
	return maps.EqualFunc(a, b, func(a, b os.FileInfo) bool {
		if a == nil || b == nil {
			return a == b
		}
		return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
	})
}

// files returns the files that pairs come from. A pair that was given directly
// has none but its ignore file.
func (w *watching) files(pairs []*pair) []string {
	var files []string
	for _, p := range pairs {
		if p.File != "" && !slices.Contains(files, p.File) {
			files = append(files, p.File)
		}
		path, _ := w.app.ignorePath(p, &w.flags.passFlags)
		files = append(files, path)
	}
	return files
}

// reload reads the files again and takes over what has changed: pairs that are
// new begin, pairs that are gone end, those that changed begin anew, and the
// others go on untouched. Where something is wrong with a file that is told, and
// all goes on as it was.
func (w *watching) reload(ctx context.Context, s *source) {
	w.tell(w.notify.Reloading())
	defer func() { w.tell(w.notify.Ready()) }()
	pairs, err := w.app.watchPairs(w.args, w.flags)
	if err != nil {
		w.app.tellFailure(passHead{}, err)
		w.app.talk().note("what ran before goes on")
		return
	}
	s.follow(w.files(pairs))
	var kept, gone []*keeping
	for _, k := range w.all() {
		if slices.ContainsFunc(pairs, k.keeps) {
			kept = append(kept, k)
		} else {
			gone = append(gone, k)
		}
	}
	for _, k := range gone {
		w.app.talk().note("%s: %s", k.name(), w.leaving(k, pairs))
	}
	w.stop(gone)
	for _, p := range pairs {
		if !slices.ContainsFunc(kept, func(k *keeping) bool { return k.keeps(p) }) {
			w.start(ctx, p, false)
		}
	}
	w.order(pairs)
}

// keeps reports whether k keeps p in step, as p is.
func (k *keeping) keeps(p *pair) bool {
	return k.pair.Profile.Equal(p.Profile) && k.pair.direct == p.direct && reflect.DeepEqual(k.pair.ignore, p.ignore)
}

// leaving says what becomes of a pair that is not in pairs as it was.
func (w *watching) leaving(k *keeping, pairs []*pair) string {
	for _, p := range pairs {
		if p.Name == k.pair.Name {
			return "its configuration has changed, beginning anew"
		}
	}
	return "it is not in the configuration any more, ending"
}

// order puts what is shown in the order of the file.
func (w *watching) order(pairs []*pair) {
	at := make(map[string]int)
	for i, p := range pairs {
		at[p.Name] = i
	}
	w.mu.Lock()
	slices.SortStableFunc(w.pairs, func(a, b *keeping) int { return at[a.pair.Name] - at[b.pair.Name] })
	w.mu.Unlock()
	w.redraw()
	w.changed()
}
