package sync

import (
	"iter"
	"slices"

	"ferry/manifest"
)

// A partialBase is the part of the base that a pass with a scope loads: the direct
// entries of some directories, everything below others, and the directories above
// all of these. As a [manifest.Base] it yields that part only.
type partialBase struct {
	record manifest.Base
	pairs  map[manifest.Path]manifest.Pair
	order  []manifest.Path        // the paths of pairs, sorted; nil: must be sorted again
	flat   map[manifest.Path]bool // directories whose direct entries are loaded
	deep   map[manifest.Path]bool // directories below which everything is loaded
	fresh  []manifest.Path        // paths that were added since the last call of takeAdded
}

var _ manifest.Base = (*partialBase)(nil)

func newPartialBase(record manifest.Base) *partialBase {
	return &partialBase{record: record, pairs: make(map[manifest.Path]manifest.Pair),
		flat: make(map[manifest.Path]bool), deep: make(map[manifest.Path]bool)}
}

// At implements [manifest.Base]. It also answers for paths that are not loaded.
func (w *partialBase) At(p manifest.Path) (manifest.Pair, bool) {
	if pair, ok := w.pairs[p]; ok {
		return pair, true
	}
	return w.record.At(p)
}

// Len implements [manifest.Base].
func (w *partialBase) Len() int { return len(w.pairs) }

// Files implements [manifest.Base].
func (w *partialBase) Files() int {
	n := 0
	for _, pair := range w.pairs {
		if pair.Kind() == manifest.File {
			n++
		}
	}
	return n
}

// All implements [manifest.Base].
func (w *partialBase) All() iter.Seq2[manifest.Path, manifest.Pair] { return w.Below(manifest.Root) }

// Below implements [manifest.Base].
func (w *partialBase) Below(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return func(yield func(manifest.Path, manifest.Pair) bool) {
		order := w.sorted()
		i := 0
		if dir != manifest.Root {
			i, _ = slices.BinarySearchFunc(order, dir, manifest.Path.Compare)
		}
		for ; i < len(order) && order[i].Within(dir); i++ {
			if order[i] != dir && !yield(order[i], w.pairs[order[i]]) {
				return
			}
		}
	}
}

// Children implements [manifest.Base].
func (w *partialBase) Children(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return func(yield func(manifest.Path, manifest.Pair) bool) {
		for p, pair := range w.Below(dir) {
			if p.Parent() == dir && !yield(p, pair) {
				return
			}
		}
	}
}

func (w *partialBase) sorted() []manifest.Path {
	if w.order == nil {
		w.order = make([]manifest.Path, 0, len(w.pairs))
		for p := range w.pairs {
			w.order = append(w.order, p)
		}
		slices.SortFunc(w.order, manifest.Path.Compare)
	}
	return w.order
}

// addChildren adds dir with its direct entries, and the directories above it.
func (w *partialBase) addChildren(dir manifest.Path) {
	if w.flat[dir] || w.within(dir) {
		return
	}
	w.flat[dir] = true
	w.addParents(dir)
	for p, pair := range w.record.Children(dir) {
		w.put(p, pair)
	}
}

// addBelow adds dir with everything below it. It reports whether that was not
// loaded before.
func (w *partialBase) addBelow(dir manifest.Path) bool {
	if w.within(dir) {
		return false
	}
	w.deep[dir] = true
	w.addParents(dir)
	for p, pair := range w.record.Below(dir) {
		w.put(p, pair)
	}
	return true
}

// within reports whether everything below dir is loaded already.
func (w *partialBase) within(dir manifest.Path) bool {
	if w.deep[dir] {
		return true
	}
	for above := range dir.Ancestors {
		if w.deep[above] {
			return true
		}
	}
	return false
}

// addParents adds dir and the directories above it.
func (w *partialBase) addParents(dir manifest.Path) {
	for p := dir; p != manifest.Root; p = p.Parent() {
		if _, is := w.pairs[p]; is {
			continue
		}
		if pair, ok := w.record.At(p); ok {
			w.put(p, pair)
		}
	}
}

func (w *partialBase) put(p manifest.Path, pair manifest.Pair) {
	if _, is := w.pairs[p]; is {
		return
	}
	w.pairs[p] = pair
	w.order = nil
	w.fresh = append(w.fresh, p)
}

// takeAdded returns what was added since it was last called.
func (w *partialBase) takeAdded() []manifest.Path {
	fresh := w.fresh
	w.fresh = nil
	return fresh
}
