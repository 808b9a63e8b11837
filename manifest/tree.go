package manifest

import (
	"iter"
)

// A Tree is all entries of one side at one moment, in the order of [Path.Compare]
// and without the root, and which parts of it are unknown. A nil Tree is empty.
// Several goroutines may read a Tree, but not while another calls [Tree.Put].
type Tree struct {
	list     packedList // in order
	unknown  map[Path]struct{}
	problems []Problem
	// holds are the directories that hold names that are in no tree. Some of them
	// have no entry: a scan of one directory has no entry for the directory itself.
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

// Put sets what is at p; the zero Entry removes it. Adding and removing rebuild the
// whole tree, so Put is for a few corrections, and [Builder] for everything else.
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

// Known reports whether the tree knows what is at p: neither p nor a directory above
// it is unknown.
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

// Problems returns the problems of the scan, in the order of paths.
func (t *Tree) Problems() []Problem {
	if t == nil {
		return nil
	}
	return t.problems
}

// held reports whether directory p holds names that are in no tree.
func (t *Tree) held(p Path) bool { return t != nil && t.holds[p] }
