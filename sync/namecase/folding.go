// Package namecase knows which names are one name on a side, and finds names that differ
// only in case. It is pure.
package namecase

import (
	"iter"

	"ferry/manifest"
)

// A Folding says which names are one name on a side.
type Folding uint8

// What is known about a side. A side that is NotAsked is planned for as one that
// TellsCaseApart; the plan says where that matters.
const (
	NotAsked       Folding = iota
	TellsCaseApart         // "a" and "A" are two names
	FoldsASCII             // "a" and "A" are one name, "é" and "É" are two
	FoldsCase              // "a" and "A" are one name, and so are "é" and "É"
	CannotTellCase         // treated as FoldsCase: names are left alone rather than overwritten
)

// Folds reports whether two names that differ only in case may be one.
func (f Folding) Folds() bool { return f >= FoldsASCII }

// Key returns what two names have in common if the side takes them for one.
func (f Folding) Key(name string) string {
	switch {
	case !f.Folds():
		return name
	case f == FoldsASCII:
		return manifest.FoldASCII(name)
	}
	return manifest.Fold(name)
}

// Groups returns groups of at least two paths that f takes for one name.
func Groups(paths iter.Seq[manifest.Path], f Folding) [][]manifest.Path {
	at := make(map[manifest.Path]int)
	var all, groups [][]manifest.Path
	for p := range paths {
		key := p.Parent().Join(f.Key(p.Base()))
		i, known := at[key]
		if !known {
			i, at[key] = len(all), len(all)
			all = append(all, nil)
		}
		all[i] = append(all[i], p)
	}
	for _, group := range all {
		if len(group) > 1 {
			groups = append(groups, group)
		}
	}
	return groups
}
