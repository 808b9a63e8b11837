package manifest

import (
	"bytes"
	"maps"
	"math"
	"slices"
)

// cells is a list of paths and their entries, packed: 40 bytes and the name for
// each, without pointers, so that a million of them cost little memory and the
// garbage collector nothing. The zero value is an empty list.
type cells struct {
	chunks [][]cell // all but the last have chunkCells
	n      int
	dirs   []Path   // the directories that the paths are in
	names  [][]byte // the last components, one behind the other
	// rare holds, by their numbers, the entries that do not fit into a cell: those
	// with a content's sum or a spelling of their own.
	rare map[int]Entry
}

// A cell is one path with its entry.
type cell struct {
	size, time int64
	id         uint64
	shown      uint32
	dir        uint32 // in dirs
	name       uint32 // where the name begins: number of the chunk, and place in it
	packed     uint32 // length of the name, and what else is small
}

const (
	chunkCells = 1 << 13
	nameBits   = 22 // of a place in a chunk of names
	chunkNames = 1 << nameBits
	// nameMost is the length of the longest name that a tree can hold.
	nameMost = 1<<20 - 1
)

// The parts of packed, from the lowest bit on: kind, the two precisions, Holds,
// whether the entry is a rare one, and the length of the name.
const (
	precisionAt = 2
	shownAt     = 5
	holdsBit    = 1 << 8
	rareBit     = 1 << 9
	lengthAt    = 12
)

// pack returns e in a cell, and whether all of it fits.
func pack(e Entry) (cell, bool) {
	c := cell{size: e.Size, time: e.ModTime, id: e.ID, shown: uint32(e.Shown),
		packed: uint32(e.Kind)&3 | uint32(e.Precision)&7<<precisionAt | uint32(e.ShownPrecision)&7<<shownAt}
	if e.Holds {
		c.packed |= holdsBit
	}
	fits := e.Sum == "" && e.Name == "" && e.Kind <= Other && e.Precision < 8 && e.ShownPrecision < 8 &&
		e.Shown >= 0 && e.Shown <= math.MaxUint32
	return c, fits
}

func (l *cells) cell(i int) *cell { return &l.chunks[i/chunkCells][i%chunkCells] }

// name returns the last component of the path of c.
func (l *cells) name(c *cell) []byte {
	at := c.name & (chunkNames - 1)
	return l.names[c.name>>nameBits][at : at+c.packed>>lengthAt]
}

// path returns the path of number i.
func (l *cells) path(i int) Path {
	c := l.cell(i)
	dir, name := l.dirs[c.dir], l.name(c)
	if dir == Root {
		return Path(name)
	}
	b := make([]byte, 0, 256)
	b = append(append(append(b, dir...), '/'), name...)
	return Path(b)
}

// entry returns the entry of number i.
func (l *cells) entry(i int) Entry {
	c := l.cell(i)
	if c.packed&rareBit != 0 {
		return l.rare[i]
	}
	return Entry{
		Kind: Kind(c.packed & 3), Precision: Precision(c.packed >> precisionAt & 7), ShownPrecision: Precision(c.packed >> shownAt & 7),
		Holds: c.packed&holdsBit != 0, Size: c.size, ModTime: c.time, Shown: int64(c.shown), ID: c.id,
	}
}

// set replaces the entry of number i.
func (l *cells) set(i int, e Entry) {
	c := l.cell(i)
	now, fits := pack(e)
	now.dir, now.name, now.packed = c.dir, c.name, now.packed|c.packed>>lengthAt<<lengthAt
	*c = now
	l.setRare(i, e, !fits)
}

func (l *cells) setRare(i int, e Entry, is bool) {
	if !is {
		delete(l.rare, i)
		return
	}
	if l.rare == nil {
		l.rare = make(map[int]Entry)
	}
	l.rare[i] = e
	l.cell(i).packed |= rareBit
}

// add appends name in directory number dir. It reports false where the list has
// no room for it.
func (l *cells) add(dir uint32, name string, e Entry) bool {
	if len(name) > nameMost || len(l.names) == 1<<(32-nameBits) || l.n == math.MaxInt32 {
		return false
	}
	c, fits := pack(e)
	c.dir, c.name, c.packed = dir, l.addName(name), c.packed|uint32(len(name))<<lengthAt
	l.push(c)
	l.setRare(l.n-1, e, !fits)
	return true
}

// addName puts a name behind the others and returns where it begins.
func (l *cells) addName(name string) uint32 {
	last := len(l.names) - 1
	if last < 0 || len(l.names[last])+len(name) > chunkNames {
		l.names = append(l.names, nil)
		last++
	}
	at := len(l.names[last])
	l.names[last] = append(l.names[last], name...)
	return uint32(last)<<nameBits | uint32(at)
}

// push appends a cell. The first chunk grows as it is needed, since most lists
// are short.
func (l *cells) push(c cell) {
	if l.n%chunkCells == 0 {
		var chunk []cell
		if l.n > 0 {
			chunk = make([]cell, 0, chunkCells)
		}
		l.chunks = append(l.chunks, chunk)
	}
	last := len(l.chunks) - 1
	l.chunks[last] = append(l.chunks[last], c)
	l.n++
}

// compare compares the path of number i with p, in the order of [Path.Compare].
func (l *cells) compare(i int, p Path) int {
	c := l.cell(i)
	dir := l.dirs[c.dir]
	switch {
	case dir == Root:
		return compareName(l.name(c), string(p))
	case p == dir:
		return 1
	case p.Within(dir):
		return compareName(l.name(c), string(p[len(dir)+1:]))
	}
	return dir.Compare(p)
}

// compareName compares a name with a path that begins in the same directory.
func compareName(name []byte, p string) int {
	for i := range min(len(name), len(p)) {
		switch {
		case name[i] == p[i]:
		case p[i] == '/':
			return 1
		case name[i] < p[i]:
			return -1
		default:
			return 1
		}
	}
	return len(name) - len(p)
}

// find returns where p is in a sorted list, or would be, and whether it is there.
func (l *cells) find(p Path) (int, bool) {
	lo, hi := 0, l.n
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if l.compare(mid, p) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < l.n && l.compare(lo, p) == 0
}

// same reports whether numbers i and j have one path.
func (l *cells) same(i, j int) bool {
	a, b := l.cell(i), l.cell(j)
	return a.dir == b.dir && bytes.Equal(l.name(a), l.name(b))
}

// inOrder reports whether number i comes before number i+1, or has the same path.
func (l *cells) inOrder(i int) bool {
	a, b := l.cell(i), l.cell(i+1)
	if a.dir == b.dir {
		return bytes.Compare(l.name(a), l.name(b)) <= 0
	}
	return l.compare(i, l.path(i+1)) <= 0
}

// arranged returns the list with the numbers in another order, or some of them
// only. It shares the names with l.
func (l *cells) arranged(order []int32) cells {
	out := cells{dirs: l.dirs, names: l.names}
	for _, i := range order {
		c := *l.cell(int(i))
		out.push(c)
		if c.packed&rareBit != 0 {
			out.setRare(out.n-1, l.rare[int(i)], true)
		}
	}
	return out
}

// clone returns a list whose entries can be set without changing those of l.
func (l *cells) clone() cells {
	out := *l
	out.chunks = make([][]cell, len(l.chunks))
	for i := range l.chunks {
		out.chunks[i] = slices.Clone(l.chunks[i])
	}
	out.rare = maps.Clone(l.rare)
	return out
}

// sorted returns the list in the order of [Path.Compare]; what has one path stays
// in the order in which it came.
func (l *cells) sorted() cells {
	is := true
	for i := 0; i < l.n-1 && is; i++ {
		is = l.inOrder(i)
	}
	if is {
		return *l
	}
	if order := l.orderByDirs(); len(order) == l.n {
		return l.arranged(order)
	}
	paths := make([]Path, l.n)
	order := make([]int32, l.n)
	for i := range paths {
		paths[i], order[i] = l.path(i), int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return paths[a].Compare(paths[b]) })
	return l.arranged(order)
}

// orderByDirs sorts directory by directory, from the root down. What stands in a
// directory that is not in the list itself is left out.
func (l *cells) orderByDirs() []int32 {
	inDir := make([][]int32, len(l.dirs))
	number := make(map[Path]int, len(l.dirs))
	for i, dir := range l.dirs {
		number[dir] = i
	}
	for i := range l.n {
		dir := l.cell(i).dir
		inDir[dir] = append(inDir[dir], int32(i))
	}
	order := make([]int32, 0, l.n)
	root, some := number[Root]
	if !some {
		return nil
	}
	var walk func(dir int)
	walk = func(dir int) {
		here := inDir[dir]
		slices.SortStableFunc(here, func(a, b int32) int { return bytes.Compare(l.name(l.cell(int(a))), l.name(l.cell(int(b)))) })
		for k, i := range here {
			order = append(order, i)
			if k+1 < len(here) && l.same(int(i), int(here[k+1])) {
				continue // what is below follows the last of several that are one
			}
			if !l.entry(int(i)).IsDir() {
				continue
			}
			if sub, is := number[l.path(int(i))]; is && sub != root {
				walk(sub)
			}
		}
	}
	walk(root)
	return order
}
