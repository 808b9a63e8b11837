package manifest

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

// A Problem is something of one side that could not be read or held. What a
// Problem covers is unknown, which is not the same as gone.
type Problem struct {
	// Path is the directory or file that is unknown, with all below it.
	Path Path
	// Name is set where one name inside Path cannot be held; then only that name
	// is unknown, and Path cannot be removed.
	Name string
	// Why says what happened, for a person.
	Why string
}

func (p Problem) String() string {
	where := string(p.Path)
	if p.Name != "" {
		where = string(p.Path.Join(fmt.Sprintf("%q", p.Name)))
	}
	if where == "" {
		where = "."
	}
	return where + ": " + p.Why
}

// A Tree is all entries of one side at one moment, in the order of
// [Path.Compare], without the root; and which parts of it are unknown. A nil
// Tree is empty. Reading from several goroutines is safe, [Tree.Put] is not.
type Tree struct {
	list     cells // in order
	unknown  map[Path]struct{}
	problems []Problem
	// holds are the directories that hold what is in no tree, those without a row
	// of their own included: a look into one directory shows no row for it.
	holds map[Path]bool
}

// Len returns the number of entries.
func (t *Tree) Len() int {
	if t == nil {
		return 0
	}
	return t.list.n
}

// At returns what is at p; the root is always a directory.
func (t *Tree) At(p Path) Entry {
	if p == Root {
		return Entry{Kind: Dir}
	}
	if t == nil {
		return Entry{}
	}
	if i, ok := t.list.find(p); ok {
		return t.list.entry(i)
	}
	return Entry{}
}

// Put replaces what is at p, or adds or (with the zero Entry) removes it. To add
// and to remove makes the whole tree anew, so it is for a few corrections, not
// for building.
func (t *Tree) Put(p Path, e Entry) {
	i, ok := t.list.find(p)
	if ok && e.Exists() {
		t.list.set(i, e)
		return
	}
	if !ok && !e.Exists() {
		return
	}
	var b Builder
	for q, had := range t.All() {
		if q != p {
			b.Add(q, had)
		}
	}
	if e.Exists() {
		b.Add(p, e)
	}
	t.list = b.list.sorted()
}

// All yields the entries in the order of [Path.Compare].
func (t *Tree) All() iter.Seq2[Path, Entry] { return t.Below(Root) }

// Below yields the entries below dir in the order of [Path.Compare].
func (t *Tree) Below(dir Path) iter.Seq2[Path, Entry] {
	return func(yield func(Path, Entry) bool) {
		if t == nil {
			return
		}
		i := 0
		if dir != Root {
			i, _ = t.list.find(dir)
		}
		for ; i < t.list.n; i++ {
			p := t.list.path(i)
			if !p.Within(dir) {
				return
			}
			if p != dir && !yield(p, t.list.entry(i)) {
				return
			}
		}
	}
}

// Known reports whether what the tree says of p can be believed: neither p nor
// a directory above it is unknown.
func (t *Tree) Known(p Path) bool {
	if t == nil || len(t.unknown) == 0 {
		return true
	}
	if _, bad := t.unknown[p]; bad {
		return false
	}
	for dir := range p.Ancestors {
		if _, bad := t.unknown[dir]; bad {
			return false
		}
	}
	return true
}

// Problems returns what could not be read or held, in the order of paths.
func (t *Tree) Problems() []Problem {
	if t == nil {
		return nil
	}
	return t.problems
}

// held reports whether directory p was seen to hold what is in no tree.
func (t *Tree) held(p Path) bool { return t != nil && t.holds[p] }

// Rename returns a tree in which what is at and below from stands at to. The
// parts of t that are unknown stay where they are.
func (t *Tree) Rename(from, to Path) *Tree {
	var b Builder
	for p, e := range t.All() {
		switch {
		case p == from:
			e.Name = ""
			b.Add(to, e)
		case p.Within(from):
			b.Add(p.Rebase(from, to), e)
		default:
			b.Add(p, e)
		}
	}
	b.problems = slices.Clone(t.problems)
	return b.Tree()
}

// Join returns a tree of what both trees hold. Where both have a path, t's entry
// counts.
func (t *Tree) Join(u *Tree) *Tree {
	var b Builder
	for p, e := range t.All() {
		b.Add(p, e)
	}
	for p, e := range u.All() {
		if !t.At(p).Exists() {
			b.Add(p, e)
		}
	}
	b.problems = append(slices.Clone(t.Problems()), u.Problems()...)
	return b.Tree()
}

// Graft returns a tree in which the direct children of each of dirs, and all
// below children that are gone or no longer directories, are replaced by what
// fresh says, with fresh's problems in place of t's there.
func (t *Tree) Graft(dirs []Path, fresh *Tree) *Tree {
	if len(dirs) == 0 && t != nil {
		b := Builder{list: t.list.clone()}
		b.problems = append(slices.Clone(t.problems), fresh.Problems()...)
		return b.Tree()
	}
	looked := make(map[Path]bool, len(dirs))
	for _, d := range dirs {
		looked[d] = true
	}
	var b Builder
	for p, e := range t.All() {
		if looked[p.Parent()] || goneAbove(p, looked, fresh) {
			continue
		}
		if looked[p] && fresh.Known(p) {
			e.Holds = fresh.held(p)
		}
		b.Add(p, e)
	}
	for p, e := range fresh.All() {
		if !looked[p.Parent()] {
			continue
		}
		// A directory that was not looked into still holds what it held.
		if was := t.At(p); e.IsDir() && was.IsDir() && !looked[p] {
			e.Holds = e.Holds || was.Holds
		}
		b.Add(p, e)
	}
	for _, q := range t.Problems() {
		if !answered(q, looked, fresh) && !goneAbove(q.Path, looked, fresh) {
			b.problems = append(b.problems, q)
		}
	}
	b.problems = append(b.problems, fresh.Problems()...)
	return b.Tree()
}

// answered reports whether the new look settles problem q: the directory itself
// was looked into, or its parent was and shows no directory there any more.
// That the parent shows it again says nothing about what could not be read in
// it.
func answered(q Problem, looked map[Path]bool, fresh *Tree) bool {
	if looked[q.Path] {
		return true
	}
	return q.Path != Root && looked[q.Path.Parent()] && fresh.Known(q.Path) && !fresh.At(q.Path).IsDir()
}

// goneAbove reports whether a directory above p was looked at again and found
// to be gone, or no directory any more.
func goneAbove(p Path, looked map[Path]bool, fresh *Tree) bool {
	for dir := range p.Ancestors {
		if dir != Root && looked[dir.Parent()] && !fresh.At(dir).IsDir() && fresh.Known(dir) {
			return true
		}
	}
	return false
}

// A Builder gathers a tree. Its methods may be called from several goroutines.
// The zero Builder is ready.
type Builder struct {
	mu       sync.Mutex
	list     cells
	dirs     map[Path]uint32 // numbers of the directories in list
	last     Path            // the directory of the last entry, and its number
	lastDir  uint32
	problems []Problem
	holds    map[Path]bool
}

// Add puts an entry at p. Two entries for one path (two spellings of one name)
// make the path unknown.
func (b *Builder) Add(p Path, e Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.list.add(b.dir(p.Parent()), p.Base(), e) {
		b.problems = append(b.problems, Problem{Path: p.Parent(), Why: "more names, or longer ones, than fit into memory"})
	}
}

// dir returns the number of a directory, which it gets when it is first seen.
func (b *Builder) dir(dir Path) uint32 {
	if len(b.list.dirs) > 0 && b.last == dir {
		return b.lastDir
	}
	n, known := b.dirs[dir]
	if !known {
		if b.dirs == nil {
			b.dirs = make(map[Path]uint32)
		}
		dir = Path(strings.Clone(string(dir))) // not a part of some file's path
		n = uint32(len(b.list.dirs))
		b.list.dirs = append(b.list.dirs, dir)
		b.dirs[dir] = n
	}
	b.last, b.lastDir = b.list.dirs[n], n
	return n
}

// Unknown records that p, and all below it, could not be read.
func (b *Builder) Unknown(p Path, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, Problem{Path: p, Why: why})
}

// Skip records that dir holds a name that cannot be held, so that dir cannot be
// removed.
func (b *Builder) Skip(dir Path, name, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, Problem{Path: dir, Name: name, Why: why})
	b.hold(dir)
}

// Hold records that dir holds something that is deliberately in no tree.
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

// Tree returns the tree of what was gathered. The Builder must not be used
// afterwards.
func (b *Builder) Tree() *Tree {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &Tree{list: b.list.sorted(), problems: b.problems, unknown: make(map[Path]struct{}), holds: b.holds}
	b.list, b.dirs = cells{}, nil
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

// dropTwins leaves one of each path and makes paths that came twice unknown.
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
				Why: fmt.Sprintf("two names that are one in Unicode normal form: %+q and %+q", one.Spelled(path), other.Spelled(path))})
			continue
		}
		kept = append(kept, int32(i))
	}
	t.list = t.list.arranged(kept)
}
