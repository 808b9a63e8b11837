// Package manifesttest helps to test packages that use manifest.
package manifesttest

import (
	"iter"
	"slices"

	"ferry/manifest"
)

// Memory is a [manifest.Base] in memory, which can be changed like a
// [manifest.Store]. Its methods must not be called from several goroutines while
// one of them changes it.
type Memory map[manifest.Path]manifest.Pair

var _ manifest.Base = Memory(nil)

// At implements [manifest.Base].
func (m Memory) At(p manifest.Path) (manifest.Pair, bool) { pair, ok := m[p]; return pair, ok }

// Len implements [manifest.Base].
func (m Memory) Len() int { return len(m) }

// Files implements [manifest.Base].
func (m Memory) Files() int {
	n := 0
	for _, pair := range m {
		if pair.Kind() == manifest.File {
			n++
		}
	}
	return n
}

// Children implements [manifest.Base].
func (m Memory) Children(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return m.only(func(p manifest.Path) bool { return p != manifest.Root && p.Parent() == dir })
}

// All implements [manifest.Base].
func (m Memory) All() iter.Seq2[manifest.Path, manifest.Pair] { return m.Below(manifest.Root) }

// Below implements [manifest.Base].
func (m Memory) Below(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return m.only(func(p manifest.Path) bool { return p.Below(dir) })
}

// only yields the pairs whose paths fit, in order.
func (m Memory) only(fits func(manifest.Path) bool) iter.Seq2[manifest.Path, manifest.Pair] {
	return func(yield func(manifest.Path, manifest.Pair) bool) {
		var paths []manifest.Path
		for p := range m {
			if fits(p) {
				paths = append(paths, p)
			}
		}
		slices.SortFunc(paths, manifest.Path.Compare)
		for _, p := range paths {
			if !yield(p, m[p]) {
				return
			}
		}
	}
}

// Set records that both sides agree at p.
func (m Memory) Set(p manifest.Path, pair manifest.Pair) error { m[p] = pair; return nil }

// Forget drops p.
func (m Memory) Forget(p manifest.Path) error { delete(m, p); return nil }

// Rename moves what is recorded at and below from to to.
func (m Memory) Rename(from, to manifest.Path) error {
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
