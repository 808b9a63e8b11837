package manifest

import (
	"iter"
	"slices"
)

// A PartialBase is a part of a base: the direct entries of some directories,
// everything below others, and the directories above all of these. As a [Base] it
// yields that part only.
type PartialBase struct {
	record Base
	pairs  map[Path]Pair
	order  []Path        // the paths of pairs, sorted; nil: must be sorted again
	flat   map[Path]bool // directories whose direct entries are loaded
	deep   map[Path]bool // directories below which everything is loaded
	fresh  []Path        // paths that were added since the last call of TakeAdded
}

var _ Base = (*PartialBase)(nil)

// NewPartialBase returns an empty part of record.
func NewPartialBase(record Base) *PartialBase {
	return &PartialBase{record: record, pairs: make(map[Path]Pair),
		flat: make(map[Path]bool), deep: make(map[Path]bool)}
}

// At implements [Base]. It also answers for paths that are not loaded.
func (w *PartialBase) At(p Path) (Pair, bool) {
	if pair, ok := w.pairs[p]; ok {
		return pair, true
	}
	return w.record.At(p)
}

// Len implements [Base].
func (w *PartialBase) Len() int { return len(w.pairs) }

// Files implements [Base].
func (w *PartialBase) Files() int {
	n := 0
	for _, pair := range w.pairs {
		if pair.Kind() == File {
			n++
		}
	}
	return n
}

// All implements [Base].
func (w *PartialBase) All() iter.Seq2[Path, Pair] { return w.Below(Root) }

// Below implements [Base].
func (w *PartialBase) Below(dir Path) iter.Seq2[Path, Pair] {
	return func(yield func(Path, Pair) bool) {
		order := w.sorted()
		i := 0
		if dir != Root {
			i, _ = slices.BinarySearchFunc(order, dir, Path.Compare)
		}
		for ; i < len(order) && order[i].Within(dir); i++ {
			if order[i] != dir && !yield(order[i], w.pairs[order[i]]) {
				return
			}
		}
	}
}

// Children implements [Base].
func (w *PartialBase) Children(dir Path) iter.Seq2[Path, Pair] {
	return func(yield func(Path, Pair) bool) {
		for p, pair := range w.Below(dir) {
			if p.Parent() == dir && !yield(p, pair) {
				return
			}
		}
	}
}

func (w *PartialBase) sorted() []Path {
	if w.order == nil {
		w.order = make([]Path, 0, len(w.pairs))
		for p := range w.pairs {
			w.order = append(w.order, p)
		}
		slices.SortFunc(w.order, Path.Compare)
	}
	return w.order
}

// AddChildren adds dir with its direct entries, and the directories above it.
func (w *PartialBase) AddChildren(dir Path) {
	if w.flat[dir] || w.within(dir) {
		return
	}
	w.flat[dir] = true
	w.addParents(dir)
	for p, pair := range w.record.Children(dir) {
		w.put(p, pair)
	}
}

// AddBelow adds dir with everything below it. It reports whether that was not
// loaded before.
func (w *PartialBase) AddBelow(dir Path) bool {
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
func (w *PartialBase) within(dir Path) bool {
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
func (w *PartialBase) addParents(dir Path) {
	for p := dir; p != Root; p = p.Parent() {
		if _, is := w.pairs[p]; is {
			continue
		}
		if pair, ok := w.record.At(p); ok {
			w.put(p, pair)
		}
	}
}

func (w *PartialBase) put(p Path, pair Pair) {
	if _, is := w.pairs[p]; is {
		return
	}
	w.pairs[p] = pair
	w.order = nil
	w.fresh = append(w.fresh, p)
}

// TakeAdded returns what was added since it was last called.
func (w *PartialBase) TakeAdded() []Path {
	fresh := w.fresh
	w.fresh = nil
	return fresh
}
