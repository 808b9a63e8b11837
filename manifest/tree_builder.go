package manifest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A Builder builds a tree. Its methods may be called from several goroutines. The
// zero Builder is ready to use.
type Builder struct {
	mu       sync.Mutex
	list     packedList
	dirs     map[Path]uint32 // numbers of the directories in list
	last     Path            // the directory of the last entry
	lastDir  uint32          // its number
	problems []Problem
	holds    map[Path]bool
}

// Add puts an entry at p. A second entry for the same path, under another spelling
// of its name, makes the path unknown.
func (b *Builder) Add(p Path, e Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.list.add(b.dir(p.Parent()), p.Base(), e) {
		b.problems = append(b.problems, Problem{Path: p.Parent(), Why: "too many names, or too long ones, to keep in memory"})
	}
}

// dir returns the number of a directory. A new directory gets the next one.
func (b *Builder) dir(dir Path) uint32 {
	if len(b.list.dirs) > 0 && b.last == dir {
		return b.lastDir
	}
	n, known := b.dirs[dir]
	if !known {
		if b.dirs == nil {
			b.dirs = make(map[Path]uint32)
		}
		dir = Path(strings.Clone(string(dir))) // do not keep the path of a file in memory
		n = uint32(len(b.list.dirs))
		b.list.dirs = append(b.list.dirs, dir)
		b.dirs[dir] = n
	}
	b.last, b.lastDir = b.list.dirs[n], n
	return n
}

// Unknown records that p, and everything below it, could not be read.
func (b *Builder) Unknown(p Path, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, Problem{Path: p, Why: why})
}

// Skip records that dir holds a name that a tree cannot have. Dir cannot be removed
// then.
func (b *Builder) Skip(dir Path, name, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, Problem{Path: dir, Name: name, Why: why})
	b.hold(dir)
}

// Hold records that dir holds a name that was left out of the tree on purpose. Dir
// cannot be removed then.
func (b *Builder) Hold(dir Path) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hold(dir)
}

func (b *Builder) hold(dir Path) {
	if b.holds == nil {
		b.holds = make(map[Path]bool)
	}
	b.holds[dir] = true
}

// Tree returns the tree. The Builder must not be used afterwards.
func (b *Builder) Tree() *Tree {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &Tree{list: b.list.sorted(), problems: b.problems, unknown: make(map[Path]struct{}), holds: b.holds}
	b.list, b.dirs = packedList{}, nil
	t.dropTwins()
	for dir := range b.holds {
		if i, ok := t.list.find(dir); ok {
			e := t.list.entry(i)
			e.Holds = true
			t.list.set(i, e)
		}
	}
	slices.SortStableFunc(t.problems, func(x, y Problem) int { return x.Path.Compare(y.Path) })
	for _, q := range t.problems {
		if q.Name == "" {
			t.unknown[q.Path] = struct{}{}
		}
	}
	return t
}

// dropTwins keeps one entry for each path, and makes paths with several unknown.
func (t *Tree) dropTwins() {
	var twins []int
	for i := 1; i < t.list.n; i++ {
		if t.list.same(i-1, i) {
			twins = append(twins, i)
		}
	}
	if len(twins) == 0 {
		return
	}
	kept := make([]int32, 0, t.list.n-len(twins))
	for i := range t.list.n {
		if n := len(kept); n > 0 && t.list.same(int(kept[n-1]), i) {
			path, one, other := t.list.path(i), t.list.entry(int(kept[n-1])), t.list.entry(i)
			t.problems = append(t.problems, Problem{Path: path,
				Why: fmt.Sprintf("two names are the same in Unicode normal form: %+q and %+q", one.Spelled(path), other.Spelled(path))})
			continue
		}
		kept = append(kept, int32(i))
	}
	t.list = t.list.arranged(kept)
}
