package manifest

import (
	"bytes"
	"slices"
)

// same reports whether numbers i and j have one path.
func (l *packedList) same(i, j int) bool {
	a, b := l.at(i), l.at(j)
	return a.dir == b.dir && bytes.Equal(l.name(a), l.name(b))
}

// inOrder reports whether number i comes before number i+1, or has the same path.
func (l *packedList) inOrder(i int) bool {
	a, b := l.at(i), l.at(i+1)
	if a.dir == b.dir {
		return bytes.Compare(l.name(a), l.name(b)) <= 0
	}
	return l.compare(i, l.path(i+1)) <= 0
}

// arranged returns a list of the entries with these numbers, in this order. It shares
// the names with l.
func (l *packedList) arranged(order []int32) packedList {
	out := packedList{dirs: l.dirs, names: l.names}
	for _, i := range order {
		c := *l.at(int(i))
		out.push(c)
		if c.packed&rareBit != 0 {
			out.setRare(out.n-1, l.rare[int(i)], true)
		} else if sum := l.sums.at(int(i)); sum != "" {
			out.sums.set(out.n-1, sum)
		}
	}
	return out
}

// sorted returns the list in the order of [Path.Compare]. Entries with the same path
// stay in the order in which they were added.
func (l *packedList) sorted() packedList {
	inOrder := true
	for i := 0; i < l.n-1 && inOrder; i++ {
		inOrder = l.inOrder(i)
	}
	if inOrder {
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

// orderByDirs sorts directory by directory, from the root down. It leaves out entries
// whose directory is not in the list.
func (l *packedList) orderByDirs() []int32 {
	inDir := make([][]int32, len(l.dirs))
	number := make(map[Path]int, len(l.dirs))
	for i, dir := range l.dirs {
		number[dir] = i
	}
	for i := range l.n {
		dir := l.at(i).dir
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
		slices.SortStableFunc(here, func(a, b int32) int { return bytes.Compare(l.name(l.at(int(a))), l.name(l.at(int(b)))) })
		for k, i := range here {
			order = append(order, i)
			if k+1 < len(here) && l.same(int(i), int(here[k+1])) {
				continue // what is below comes after the last entry with this path
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
