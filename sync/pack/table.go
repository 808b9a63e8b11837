package pack

import (
	"iter"
	"maps"
	"slices"

	"ferry/manifest"
)

// A Table holds one value for each of many paths. Most values are made of their rows whenever they
// are asked for; those that were changed, or cannot be made of a row, are kept as they are.
type Table[V comparable] struct {
	Rows  *Rows
	value func(n int, row Row) V
	// kept are the values that are not made of rows; nil: the path has none any more.
	kept map[manifest.Path]*V
}

// NewTable returns an empty table of two trees. The function makes a value of row n.
func NewTable[V comparable](local, remote *manifest.Tree, value func(n int, row Row) V) *Table[V] {
	return &Table[V]{Rows: NewRows(local, remote), value: value, kept: map[manifest.Path]*V{}}
}

// Add appends the value v of the path of row, which is after the others. v is kept if it is not
// what would be made of the row.
func (t *Table[V]) Add(row Row, v V) {
	t.Rows.Add(row)
	if t.made(t.Rows.Len()-1) != v {
		kept := v
		t.kept[row.Path] = &kept
	}
}

func (t *Table[V]) made(n int) V { return t.value(n, t.Rows.Row(n)) }

// Get returns the value of p, or nil. What is changed in it stays changed.
func (t *Table[V]) Get(p manifest.Path) *V {
	if v, is := t.kept[p]; is {
		return v
	}
	n, is := t.Rows.find(p)
	if !is {
		return nil
	}
	v := t.made(n)
	t.kept[p] = &v
	return &v
}

// Put sets the value of p.
func (t *Table[V]) Put(p manifest.Path, v *V) { t.kept[p] = v }

// Drop removes the value of p.
func (t *Table[V]) Drop(p manifest.Path) { t.kept[p] = nil }

// Within yields the values at and below dir in the order of paths, [manifest.Root] for all. Each
// one is only good until the next: Get returns one that lasts.
func (t *Table[V]) Within(dir manifest.Path) iter.Seq2[manifest.Path, *V] {
	return func(yield func(manifest.Path, *V) bool) {
		var made V
		n, to := t.Rows.span(dir)
		others := t.others(dir)
		for n < to || len(others) > 0 {
			if len(others) > 0 && (n == to || t.Rows.compare(n, others[0]) > 0) {
				if !t.yield(others[0], -1, &made, yield) {
					return
				}
				others = others[1:]
				continue
			}
			if !t.yield(t.Rows.Path(n), n, &made, yield) {
				return
			}
			n++
		}
	}
}

// Backward yields all values from the last path to the first, under the rules of Within.
func (t *Table[V]) Backward() iter.Seq[*V] {
	return func(yield func(*V) bool) {
		var made V
		value := func(_ manifest.Path, v *V) bool { return yield(v) }
		others := t.others(manifest.Root)
		for n := t.Rows.Len(); n > 0 || len(others) > 0; {
			if last := len(others) - 1; last >= 0 && (n == 0 || t.Rows.compare(n-1, others[last]) < 0) {
				if !t.yield(others[last], -1, &made, value) {
					return
				}
				others = others[:last]
				continue
			}
			n--
			if !t.yield(t.Rows.Path(n), n, &made, value) {
				return
			}
		}
	}
}

// yield yields the value of p, which is row n or has none. What is made of a row is put into
// made. It goes on if there is no value.
func (t *Table[V]) yield(p manifest.Path, n int, made *V, yield func(manifest.Path, *V) bool) bool {
	v, kept := t.kept[p]
	switch {
	case kept && v == nil:
		return true
	case kept:
		return yield(p, v)
	}
	*made = t.made(n)
	return yield(p, made)
}

// others returns the paths at and below dir that have a value and no row, in their order.
func (t *Table[V]) others(dir manifest.Path) []manifest.Path {
	var paths []manifest.Path
	for p := range maps.Keys(t.kept) {
		if p.Within(dir) {
			if _, is := t.Rows.find(p); !is {
				paths = append(paths, p)
			}
		}
	}
	slices.SortFunc(paths, manifest.Path.Compare)
	return paths
}
