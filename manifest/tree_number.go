package manifest

// Nth returns entry number n and its path, in the order of [Tree.All], from 0 on. The numbers
// hold until the next [Tree.Put] that adds or removes something.
func (t *Tree) Nth(n int) (Path, Entry) { return t.list.path(n), t.list.entry(n) }

// PathOfNth returns the path of entry number n.
func (t *Tree) PathOfNth(n int) Path { return t.list.path(n) }

// CompareNth compares the path of entry number n with p, as [Path.Compare] does.
func (t *Tree) CompareNth(n int, p Path) int { return t.list.compare(n, p) }
