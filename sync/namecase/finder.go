package namecase

import (
	"iter"
	"slices"
	"strings"

	"ferry/manifest"
)

// A Finder finds names that differ only in case. It is shown all paths in their
// order, and keeps one number for each name in the directories on the way to the
// present path.
type Finder struct {
	open  []openDir
	found map[nameKey]bool
}

type openDir struct {
	dir    manifest.Path
	hashes []uint64
}

// A nameKey stands for the names in a directory whose hash is the same.
type nameKey struct {
	dir  manifest.Path
	hash uint64
}

// See is shown the next path.
func (c *Finder) See(path manifest.Path) {
	end := strings.LastIndexByte(string(path), '/')
	parent, name := path[:max(end, 0)], string(path[end+1:])
	if n := len(c.open); n == 0 || c.open[n-1].dir != parent {
		c.enter(parent)
	}
	last := &c.open[len(c.open)-1]
	last.hashes = append(last.hashes, manifest.FoldHash(name))
}

// enter leaves the directories that dir is not in, and enters it.
func (c *Finder) enter(dir manifest.Path) {
	for n := len(c.open); n > 0 && !dir.Within(c.open[n-1].dir); n-- {
		c.closeLast()
	}
	if n := len(c.open); n == 0 || c.open[n-1].dir != dir {
		c.open = append(c.open, openDir{dir: dir})
	}
}

// End is called after the last path.
func (c *Finder) End() {
	for len(c.open) > 0 {
		c.closeLast()
	}
}

func (c *Finder) closeLast() {
	last := c.open[len(c.open)-1]
	c.open = c.open[:len(c.open)-1]
	slices.Sort(last.hashes)
	for i := 1; i < len(last.hashes); i++ {
		if last.hashes[i] == last.hashes[i-1] {
			if c.found == nil {
				c.found = make(map[nameKey]bool)
			}
			c.found[nameKey{last.dir, last.hashes[i]}] = true
		}
	}
}

// Groups returns the paths that differ only in case, in groups and in their order.
func (c *Finder) Groups(paths iter.Seq[manifest.Path]) [][]manifest.Path {
	if len(c.found) == 0 {
		return nil
	}
	return Groups(func(yield func(manifest.Path) bool) {
		for p := range paths {
			if c.found[nameKey{p.Parent(), manifest.FoldHash(p.Base())}] && !yield(p) {
				return
			}
		}
	}, FoldsCase)
}
