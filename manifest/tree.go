package manifest

import (
	"fmt"
	"iter"
	"slices"
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

type row struct {
	path  Path
	entry Entry
}

// A Tree is all entries of one side at one moment, in the order of
// [Path.Compare], without the root; and which parts of it are unknown. A nil
// Tree is empty. Reading from several goroutines is safe, [Tree.Put] is not.
type Tree struct {
	rows     []row
	unknown  map[Path]struct{}
	problems []Problem
	// holds are the directories that hold what is in no tree, those without a row
	// of their own included: a look into one directory shows no row for it.
	holds map[Path]bool
}

// NewTree returns a tree of the given entries; it is meant for tests and small
// trees, where [Builder] is meant for scans.
func NewTree(entries map[Path]Entry) *Tree {
	var b Builder
	for p, e := range entries {
		b.Add(p, e)
	}
	return b.Tree()
}

// Len returns the number of entries.
func (t *Tree) Len() int {
	if t == nil {
		return 0
	}
	return len(t.rows)
}

func (t *Tree) find(p Path) (int, bool) {
	return slices.BinarySearchFunc(t.rows, p, func(r row, p Path) int { return r.path.Compare(p) })
}

// At returns what is at p; the root is always a directory.
func (t *Tree) At(p Path) Entry {
	if p == Root {
		return Entry{Kind: Dir}
	}
	if t == nil {
		return Entry{}
	}
	if i, ok := t.find(p); ok {
		return t.rows[i].entry
	}
	return Entry{}
}

// Put replaces what is at p, or adds or (with the zero Entry) removes it. It
// moves all later entries, so it is for a few corrections, not for building.
func (t *Tree) Put(p Path, e Entry) {
	i, ok := t.find(p)
	switch {
	case ok && e.Exists():
		t.rows[i].entry = e
	case ok:
		t.rows = slices.Delete(t.rows, i, i+1)
	case e.Exists():
		t.rows = slices.Insert(t.rows, i, row{p, e})
	}
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
			i, _ = t.find(dir)
		}
		for ; i < len(t.rows) && t.rows[i].path.Within(dir); i++ {
			if t.rows[i].path != dir && !yield(t.rows[i].path, t.rows[i].entry) {
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
	rows     []row
	problems []Problem
	holds    map[Path]bool
}

// Add puts an entry at p. Two entries for one path (two spellings of one name)
// make the path unknown.
func (b *Builder) Add(p Path, e Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows = append(b.rows, row{p, e})
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
	byPath := func(x, y row) int { return x.path.Compare(y.path) }
	if !slices.IsSortedFunc(b.rows, byPath) {
		slices.SortStableFunc(b.rows, byPath)
	}
	t := &Tree{rows: b.rows, problems: b.problems, unknown: make(map[Path]struct{}), holds: b.holds}
	t.dropTwins()
	for i := range t.rows {
		if b.holds[t.rows[i].path] {
			t.rows[i].entry.Holds = true
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
	kept := t.rows[:0]
	for _, r := range t.rows {
		if n := len(kept); n > 0 && kept[n-1].path == r.path {
			t.problems = append(t.problems, Problem{Path: r.path,
				Why: fmt.Sprintf("two names that are one in Unicode normal form: %+q and %+q", kept[n-1].entry.Spelled(r.path), r.entry.Spelled(r.path))})
			continue
		}
		kept = append(kept, r)
	}
	t.rows = kept
}
