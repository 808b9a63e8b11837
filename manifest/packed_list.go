package manifest

import (
	"maps"
	"math"
	"slices"
)

// packedList is a list of paths and their entries. Each takes 40 bytes and its name,
// without pointers, so a million of them need little memory and no work of the
// garbage collector. The zero value is an empty list.
type packedList struct {
	chunks [][]packedEntry // all but the last have chunkEntries
	n      int
	dirs   []Path   // the directories that the paths are in
	names  [][]byte // the last components, one after the other, in chunks
	// rare holds, by number, the entries that do not fit into a packedEntry: those
	// with a Name or a Device.
	rare map[int]Entry
	sums packedSums // of the entries that are not rare
}

func (l *packedList) at(i int) *packedEntry { return &l.chunks[i/chunkEntries][i%chunkEntries] }

// name returns the last component of the path of c.
func (l *packedList) name(c *packedEntry) []byte {
	at := c.name & (chunkNames - 1)
	return l.names[c.name>>nameBits][at : at+c.packed>>lengthAt]
}

// path returns the path of number i.
func (l *packedList) path(i int) Path {
	c := l.at(i)
	dir, name := l.dirs[c.dir], l.name(c)
	if dir == Root {
		return Path(name)
	}
	b := make([]byte, 0, 256)
	b = append(append(append(b, dir...), '/'), name...)
	return Path(b)
}

// entry returns the entry of number i.
func (l *packedList) entry(i int) Entry {
	c := l.at(i)
	if c.packed&rareBit != 0 {
		return l.rare[i]
	}
	return Entry{
		Kind: Kind(c.packed & 3), Precision: Precision(c.packed >> precisionAt & 7), ShownPrecision: Precision(c.packed >> shownAt & 7),
		Holds: c.packed&holdsBit != 0, Size: c.size, ModTime: c.time, Shown: int64(c.shown), ID: c.id, Changed: c.changed,
		Mode: uint16(c.packed >> modeAt & 0o777), Sum: l.sums.at(i),
	}
}

// set replaces the entry of number i.
func (l *packedList) set(i int, e Entry) {
	c := l.at(i)
	now, fits := pack(e)
	now.dir, now.name, now.packed = c.dir, c.name, now.packed|c.packed>>lengthAt<<lengthAt
	*c = now
	l.setRare(i, e, !fits)
}

func (l *packedList) setRare(i int, e Entry, is bool) {
	if !is {
		delete(l.rare, i)
		l.sums.set(i, e.Sum)
		return
	}
	if l.rare == nil {
		l.rare = make(map[int]Entry)
	}
	l.rare[i] = e
	l.at(i).packed |= rareBit
}

// add appends name in directory number dir. It returns false if the list is full or
// the name is too long.
func (l *packedList) add(dir uint32, name string, e Entry) bool {
	if len(name) > nameMost || len(l.names) == 1<<(32-nameBits) || l.n == math.MaxInt32 {
		return false
	}
	c, fits := pack(e)
	c.dir, c.name, c.packed = dir, l.addName(name), c.packed|uint32(len(name))<<lengthAt
	l.push(c)
	l.setRare(l.n-1, e, !fits)
	return true
}

// addName appends a name to the names and returns where it begins.
func (l *packedList) addName(name string) uint32 {
	last := len(l.names) - 1
	if last < 0 || len(l.names[last])+len(name) > chunkNames {
		l.names = append(l.names, nil)
		last++
	}
	at := len(l.names[last])
	l.names[last] = append(l.names[last], name...)
	return uint32(last)<<nameBits | uint32(at)
}

// push appends an entry. The first chunk grows as needed, since most lists are
// short.
func (l *packedList) push(c packedEntry) {
	if l.n%chunkEntries == 0 {
		var chunk []packedEntry
		if l.n > 0 {
			chunk = make([]packedEntry, 0, chunkEntries)
		}
		l.chunks = append(l.chunks, chunk)
	}
	last := len(l.chunks) - 1
	l.chunks[last] = append(l.chunks[last], c)
	l.n++
}

// compare compares the path of number i with p, in the order of [Path.Compare].
func (l *packedList) compare(i int, p Path) int {
	c := l.at(i)
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

// find returns the number of p in a sorted list, or the one that it would get, and
// whether it is there.
func (l *packedList) find(p Path) (int, bool) {
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

// clone returns a list whose entries can be set without changing those of l.
func (l *packedList) clone() packedList {
	out := *l
	out.chunks = make([][]packedEntry, len(l.chunks))
	for i := range l.chunks {
		out.chunks[i] = slices.Clone(l.chunks[i])
	}
	out.rare, out.sums = maps.Clone(l.rare), l.sums.clone()
	return out
}
