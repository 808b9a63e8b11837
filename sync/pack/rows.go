package pack

import (
	"iter"
	"sort"

	"ferry/manifest"
)

// A Row is what the base and both sides have at one path.
type Row struct {
	Path    manifest.Path
	Base    manifest.Pair
	HasBase bool
	Now     [2]manifest.Entry
	// At are the numbers of Now in the two trees, from 1; 0: that tree has nothing there.
	At [2]int32
	// Note is what else the caller knows about the path.
	Note uint32
}

// Rows keeps rows in the order of their paths. It refers to the trees, which must not change as
// long as it is used.
type Rows struct {
	trees  [2]*manifest.Tree
	bases  manifest.PairList
	chunks [][]place // all but the last have chunkRows
	n      int
	large  map[int]Row // those whose base has no room in bases, by number
}

// A place says where a row is: the numbers in the trees, and where the base is in the list of
// pairs, 0 for none.
type place struct {
	at   [2]int32
	base uint32
	note uint32
}

const chunkRows = 1 << 13

// NewRows returns an empty list of rows of two trees.
func NewRows(local, remote *manifest.Tree) *Rows {
	return &Rows{trees: [2]*manifest.Tree{local, remote}}
}

// Len returns the number of rows.
func (r *Rows) Len() int { return r.n }

func (r *Rows) place(n int) *place { return &r.chunks[n/chunkRows][n%chunkRows] }

// Add appends a row, which is after the others. Of its entries only the numbers count.
func (r *Rows) Add(row Row) {
	c := place{at: row.At, note: row.Note}
	if row.HasBase {
		path := manifest.Root
		if row.At == [2]int32{} {
			path = row.Path
		}
		var fits bool
		if c.base, fits = r.bases.Add(path, row.Base); !fits {
			if r.large == nil {
				r.large = make(map[int]Row)
			}
			r.large[r.n] = row
		}
	}
	if r.n%chunkRows == 0 {
		var chunk []place // the first one grows as needed, since most lists are short
		if r.n > 0 {
			chunk = make([]place, 0, chunkRows)
		}
		r.chunks = append(r.chunks, chunk)
	}
	last := len(r.chunks) - 1
	r.chunks[last] = append(r.chunks[last], c)
	r.n++
}

// Row returns row n.
func (r *Rows) Row(n int) Row {
	c := r.place(n)
	row := Row{At: c.at, Note: c.note}
	row.Path, row.Base, row.HasBase = r.base(n)
	for s, at := range c.at {
		if at > 0 {
			row.Path, row.Now[s] = r.trees[s].Nth(int(at) - 1)
		}
	}
	return row
}

// base returns the base of row n, and the path where no tree has it.
func (r *Rows) base(n int) (manifest.Path, manifest.Pair, bool) {
	if at := r.place(n).base; at != 0 {
		path, pair := r.bases.At(at)
		return path, pair, true
	}
	row := r.large[n]
	return row.Path, row.Base, row.HasBase
}

// Path returns the path of row n.
func (r *Rows) Path(n int) manifest.Path {
	c := r.place(n)
	for s, at := range c.at {
		if at > 0 {
			return r.trees[s].PathOfNth(int(at) - 1)
		}
	}
	path, _, _ := r.base(n)
	return path
}

// compare compares the path of row n with p.
func (r *Rows) compare(n int, p manifest.Path) int {
	c := r.place(n)
	for s, at := range c.at {
		if at > 0 {
			return r.trees[s].CompareNth(int(at)-1, p)
		}
	}
	path, _, _ := r.base(n)
	return path.Compare(p)
}

// find returns the number of p, or the one that it would get, and whether it is there.
func (r *Rows) find(p manifest.Path) (int, bool) {
	n := sort.Search(r.n, func(n int) bool { return r.compare(n, p) >= 0 })
	return n, n < r.n && r.compare(n, p) == 0
}

// span returns the numbers of the first row at or below dir, and of the first one after these.
func (r *Rows) span(dir manifest.Path) (from, to int) {
	if dir == manifest.Root {
		return 0, r.n
	}
	from, _ = r.find(dir)
	return from, from + sort.Search(r.n-from, func(n int) bool { return !r.Path(from + n).Within(dir) })
}

// Merge yields a row for every path that the base or a tree has, in the order of paths. The value
// is reused for the next one.
func Merge(base manifest.Base, trees [2]*manifest.Tree) iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		nextBase, stop := iter.Pull2(base.All())
		defer stop()
		bp, pair, more := nextBase()
		cursors := [2]cursor{{tree: trees[0]}, {tree: trees[1]}}
		cursors[0].load()
		cursors[1].load()
		var row Row
		for more || cursors[0].more || cursors[1].more {
			row = Row{Path: bp}
			found := more
			for _, c := range cursors {
				if c.more && (!found || c.path.Compare(row.Path) < 0) {
					row.Path, found = c.path, true
				}
			}
			if more && bp == row.Path {
				row.Base, row.HasBase = pair, true
				bp, pair, more = nextBase()
			}
			for s := range cursors {
				if c := &cursors[s]; c.more && c.path == row.Path {
					row.Now[s], row.At[s] = c.entry, int32(c.n+1)
					c.n++
					c.load()
				}
			}
			if !yield(&row) {
				return
			}
		}
	}
}

// A cursor goes over a tree.
type cursor struct {
	tree  *manifest.Tree
	n     int
	path  manifest.Path
	entry manifest.Entry
	more  bool
}

func (c *cursor) load() {
	if c.more = c.n < c.tree.Len(); c.more {
		c.path, c.entry = c.tree.Nth(c.n)
	}
}
