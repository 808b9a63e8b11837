package manifest

import (
	"iter"
	"slices"
)

// A Pair is one path when both sides were last seen to agree: each side's entry
// as that side showed it, and the SHA-256 of the content they share where it is
// known.
type Pair struct {
	Local, Remote Entry
	Sum           string
}

// Kind returns what both sides had at the path.
func (p Pair) Kind() Kind { return p.Local.Kind }

// Base is what both sides last agreed on. Reading from several goroutines is
// safe. [Store] keeps one on disk, [Memory] holds one for tests.
type Base interface {
	// At returns the pair at p.
	At(p Path) (Pair, bool)
	// All yields the pairs in the order of [Path.Compare].
	All() iter.Seq2[Path, Pair]
	// Below yields the pairs below dir in the order of [Path.Compare].
	Below(dir Path) iter.Seq2[Path, Pair]
	// Children yields the pairs directly in dir in the order of [Path.Compare].
	// It costs what dir holds, and not what is below that.
	Children(dir Path) iter.Seq2[Path, Pair]
	// Len returns the number of pairs.
	Len() int
	// Files returns the number of pairs that are files.
	Files() int
}

// Memory is a Base in memory. Its methods must not be called from several
// goroutines while one of them changes it.
type Memory map[Path]Pair

var _ Base = Memory(nil)

// At implements [Base].
func (m Memory) At(p Path) (Pair, bool) { pair, ok := m[p]; return pair, ok }

// Len implements [Base].
func (m Memory) Len() int { return len(m) }

// Files implements [Base].
func (m Memory) Files() int {
	n := 0
	for _, pair := range m {
		if pair.Kind() == File {
			n++
		}
	}
	return n
}

// Children implements [Base].
func (m Memory) Children(dir Path) iter.Seq2[Path, Pair] {
	return m.only(func(p Path) bool { return p != Root && p.Parent() == dir })
}

// All implements [Base].
func (m Memory) All() iter.Seq2[Path, Pair] { return m.Below(Root) }

// Below implements [Base].
func (m Memory) Below(dir Path) iter.Seq2[Path, Pair] {
	return m.only(func(p Path) bool { return p.Below(dir) })
}

// only yields the pairs whose paths fit, in order.
func (m Memory) only(fits func(Path) bool) iter.Seq2[Path, Pair] {
	return func(yield func(Path, Pair) bool) {
		var paths []Path
		for p := range m {
			if fits(p) {
				paths = append(paths, p)
			}
		}
		slices.SortFunc(paths, Path.Compare)
		for _, p := range paths {
			if !yield(p, m[p]) {
				return
			}
		}
	}
}

// Set records that both sides agree at p.
func (m Memory) Set(p Path, pair Pair) error { m[p] = pair; return nil }

// Forget drops p.
func (m Memory) Forget(p Path) error { delete(m, p); return nil }

// Rename moves what is recorded at and below from to to.
func (m Memory) Rename(from, to Path) error {
	for p, pair := range m {
		if !p.Within(from) {
			continue
		}
		delete(m, p)
		if p == from {
			pair.Local.Name, pair.Remote.Name = "", ""
		}
		m[p.Rebase(from, to)] = pair
	}
	return nil
}
