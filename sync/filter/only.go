package filter

import (
	"slices"

	"ferry/manifest"
	"ferry/sync/namecase"
)

// An Only is the part of a pair that was asked for: paths, each with everything below
// it. A nil *Only is the whole pair.
type Only struct {
	paths []manifest.Path
	// chosen and above hold the paths and the directories that lead to them. folded has
	// the same, without the case of letters.
	chosen, above map[manifest.Path]bool
	folded        struct{ chosen, above map[string]bool }
}

// NewOnly returns the part that consists of paths; nil if that is everything, because
// there are none or the root is one of them.
func NewOnly(paths []manifest.Path) *Only {
	if len(paths) == 0 || slices.Contains(paths, manifest.Root) {
		return nil
	}
	o := &Only{paths: paths, chosen: make(map[manifest.Path]bool), above: make(map[manifest.Path]bool)}
	o.folded.chosen, o.folded.above = make(map[string]bool), make(map[string]bool)
	for _, p := range paths {
		o.chosen[p] = true
		o.folded.chosen[fold(p)] = true
		for dir := range p.Ancestors {
			o.above[dir] = true
			o.folded.above[fold(dir)] = true
		}
	}
	return o
}

func fold(p manifest.Path) string { return namecase.FoldsCase.Key(string(p)) }

// Paths returns the paths that were asked for; nil: everything.
func (o *Only) Paths() []manifest.Path {
	if o == nil {
		return nil
	}
	return o.paths
}

// Includes reports whether p was asked for.
func (o *Only) Includes(p manifest.Path) bool {
	if o == nil || o.chosen[p] {
		return true
	}
	for dir := range p.Ancestors {
		if o.chosen[dir] {
			return true
		}
	}
	return false
}

// LeadsTo reports whether p is a directory above something that was asked for, and was
// not asked for itself.
func (o *Only) LeadsTo(p manifest.Path) bool { return o != nil && o.above[p] && !o.Includes(p) }

// Hides reports whether p must not be looked at. A name that differs only in case from
// one that was asked for is looked at, because a side may take the two for one.
func (o *Only) Hides(p manifest.Path) bool {
	if o == nil || o.above[p] || o.Includes(p) {
		return false
	}
	key := fold(p)
	if o.folded.chosen[key] || o.folded.above[key] {
		return false
	}
	for i := range len(key) {
		if key[i] == '/' && o.folded.chosen[key[:i]] {
			return false
		}
	}
	return true
}
