package sync

import (
	"iter"
	"slices"
	"strings"

	"ferry/manifest"
)

// A Folding says which names are one name on a side.
type Folding uint8

// What is known about a side. NotAsked plans as TellsCaseApart does; a plan says
// where that matters, see [Plan.AskCase].
const (
	NotAsked       Folding = iota
	TellsCaseApart         // "a" and "A" are two names
	FoldsASCII             // "a" and "A" are one name, "é" and "É" are two
	FoldsCase              // "a" and "A" are one name, and so are "é" and "É"
	CannotTellCase         // treated as FoldsCase: names are left alone rather than overwritten
)

// folds reports whether two names that differ only in case may be one.
func (f Folding) folds() bool { return f >= FoldsASCII }

// key returns what two names have in common if the side takes them for one.
func (f Folding) key(name string) string {
	switch {
	case !f.folds():
		return name
	case f == FoldsASCII:
		return manifest.FoldASCII(name)
	}
	return manifest.Fold(name)
}

// A caseFinder finds names that differ only in case. It is shown all paths in their
// order, and keeps one number for each name in the directories on the way to the
// present path.
type caseFinder struct {
	open  []caseDir
	found map[caseKey]bool
}

type caseDir struct {
	dir    manifest.Path
	hashes []uint64
}

// A caseKey stands for the names in a directory whose hash is the same.
type caseKey struct {
	dir  manifest.Path
	hash uint64
}

// see is shown the next path.
func (c *caseFinder) see(path manifest.Path) {
	end := strings.LastIndexByte(string(path), '/')
	parent, name := path[:max(end, 0)], string(path[end+1:])
	if n := len(c.open); n == 0 || c.open[n-1].dir != parent {
		c.enter(parent)
	}
	last := &c.open[len(c.open)-1]
	last.hashes = append(last.hashes, manifest.FoldHash(name))
}

// enter leaves the directories that dir is not in, and enters it.
func (c *caseFinder) enter(dir manifest.Path) {
	for n := len(c.open); n > 0 && !dir.Within(c.open[n-1].dir); n-- {
		c.closeLast()
	}
	if n := len(c.open); n == 0 || c.open[n-1].dir != dir {
		c.open = append(c.open, caseDir{dir: dir})
	}
}

// end is called after the last path.
func (c *caseFinder) end() {
	for len(c.open) > 0 {
		c.closeLast()
	}
}

func (c *caseFinder) closeLast() {
	last := c.open[len(c.open)-1]
	c.open = c.open[:len(c.open)-1]
	slices.Sort(last.hashes)
	for i := 1; i < len(last.hashes); i++ {
		if last.hashes[i] == last.hashes[i-1] {
			if c.found == nil {
				c.found = make(map[caseKey]bool)
			}
			c.found[caseKey{last.dir, last.hashes[i]}] = true
		}
	}
}

// groups returns the paths that differ only in case, in groups and in their order.
func (c *caseFinder) groups(paths iter.Seq[manifest.Path]) [][]manifest.Path {
	if len(c.found) == 0 {
		return nil
	}
	return groupByCase(func(yield func(manifest.Path) bool) {
		for p := range paths {
			if c.found[caseKey{p.Parent(), manifest.FoldHash(p.Base())}] && !yield(p) {
				return
			}
		}
	}, FoldsCase)
}

// groupByCase returns groups of at least two paths that f takes for one name.
func groupByCase(paths iter.Seq[manifest.Path], f Folding) [][]manifest.Path {
	at := make(map[manifest.Path]int)
	var all, groups [][]manifest.Path
	for p := range paths {
		key := p.Parent().Join(f.key(p.Base()))
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
