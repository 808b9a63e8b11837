package pack

import (
	"cmp"
	"iter"
	"slices"

	"ferry/manifest"
)

// A List holds values in an order of their own, most of which can be made of a row and of what
// [Form.Shrink] returns for them. It is not changed any more when it is read.
type List[V comparable] struct {
	rows  *Rows
	form  Form[V]
	items []item
	whole []*V // the values that cannot be made of a row
	words []string
	word  map[string]uint32 // the numbers of words
}

// An item is one value: of row number row, or if that is negative number -1-row in whole.
type item struct {
	row        int32
	word, bits uint32
}

// A Form says how the values of a list are packed.
type Form[V comparable] struct {
	Path func(v *V) manifest.Path
	// Shrink returns what a value is beside its row: a word, which many of them share, and
	// some bits.
	Shrink func(v V) (word string, bits uint32)
	// Make makes a value of a row and of what Shrink returned. It need not be right for
	// values that have more in them: what it makes is compared with the value.
	Make func(row Row, word string, bits uint32) V
}

// NewList returns an empty list of values of rows.
func NewList[V comparable](rows *Rows, form Form[V]) List[V] { return List[V]{rows: rows, form: form} }

// ListOf returns a list that has the values as they are.
func ListOf[V comparable](form Form[V], values ...V) List[V] {
	l := List[V]{form: form}
	l.Prepend(values)
	return l
}

// Len returns the number of values.
func (l *List[V]) Len() int { return len(l.items) }

// Add appends a value, which may be made of row n; -1: of none.
func (l *List[V]) Add(n int, v V) { l.items = append(l.items, l.packed(n, v)) }

func (l *List[V]) addWhole(v *V) {
	l.whole = append(l.whole, v)
	l.items = append(l.items, item{row: -int32(len(l.whole))})
}

func (l *List[V]) packed(n int, v V) item {
	if n >= 0 {
		if word, bits := l.form.Shrink(v); l.form.Make(l.rows.Row(n), word, bits) == v {
			return item{int32(n), l.number(word), bits}
		}
	}
	whole := v
	l.whole = append(l.whole, &whole)
	return item{row: -int32(len(l.whole))}
}

func (l *List[V]) number(word string) uint32 {
	n, known := l.word[word]
	if !known {
		if l.word == nil {
			l.word = make(map[string]uint32)
		}
		n = uint32(len(l.words))
		l.word[word], l.words = n, append(l.words, word)
	}
	return n
}

// made returns the value of an item.
func (l *List[V]) made(i item) V {
	if i.row < 0 {
		return *l.whole[-1-i.row]
	}
	return l.form.Make(l.rows.Row(int(i.row)), l.words[i.word], i.bits)
}

// At returns value i, each time anew.
func (l *List[V]) At(i int) *V {
	v := l.made(l.items[i])
	return &v
}

// All yields the values with their numbers. Each one is only good until the next.
func (l *List[V]) All() iter.Seq2[int, *V] {
	return func(yield func(int, *V) bool) {
		var v V
		for i, item := range l.items {
			if v = l.made(item); !yield(i, &v) {
				return
			}
		}
	}
}

// Edit changes value i.
func (l *List[V]) Edit(i int, change func(v *V)) {
	v := l.At(i)
	change(v)
	l.items[i] = l.packed(int(max(-1, l.items[i].row)), *v)
}

// EditBelow changes all values below dir.
func (l *List[V]) EditBelow(dir manifest.Path, change func(v *V)) {
	below := l.below(dir)
	for i := range l.items {
		if below(l.items[i]) {
			l.Edit(i, change)
		}
	}
}

// RemoveBelow removes all values below dir.
func (l *List[V]) RemoveBelow(dir manifest.Path) { l.items = slices.DeleteFunc(l.items, l.below(dir)) }

// below reports whether an item is below dir.
func (l *List[V]) below(dir manifest.Path) func(item) bool {
	from, to := 0, 0
	if l.rows != nil {
		from, to = l.rows.span(dir)
		if from < to && l.rows.compare(from, dir) == 0 {
			from++
		}
	}
	return func(i item) bool {
		if i.row < 0 {
			return l.form.Path(l.whole[-1-i.row]).Below(dir)
		}
		return int(i.row) >= from && int(i.row) < to
	}
}

// Sort sorts the values by group and within a group by path, in a group that is backward from the
// last path on. Equal ones stay in their order.
func (l *List[V]) Sort(group func(v *V) int, backward func(group int) bool) {
	type key struct {
		group int32
		n     uint32
	}
	keys := make([]key, len(l.items))
	for i, v := range l.All() {
		keys[i] = key{int32(group(v)), uint32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int {
		c := cmp.Compare(a.group, b.group)
		if c == 0 {
			c = l.compare(l.items[a.n], l.items[b.n])
			if backward(int(a.group)) {
				c = -c
			}
		}
		return cmp.Or(c, cmp.Compare(a.n, b.n))
	})
	sorted := make([]item, len(keys))
	for i, k := range keys {
		sorted[i] = l.items[k.n]
	}
	l.items = sorted
}

// compare compares the paths of two items.
func (l *List[V]) compare(a, b item) int {
	switch {
	case a.row >= 0 && b.row >= 0:
		return cmp.Compare(a.row, b.row)
	case a.row >= 0:
		return l.rows.compare(int(a.row), l.form.Path(l.whole[-1-b.row]))
	case b.row >= 0:
		return -l.rows.compare(int(b.row), l.form.Path(l.whole[-1-a.row]))
	}
	return l.form.Path(l.whole[-1-a.row]).Compare(l.form.Path(l.whole[-1-b.row]))
}

// Prepend puts values before the others.
func (l *List[V]) Prepend(values []V) {
	rest := l.items
	l.items = nil
	for i := range values {
		l.addWhole(&values[i])
	}
	l.items = append(l.items, rest...)
}

// Turned returns the list with each value turned into another one.
func (l *List[V]) Turned(turn func(V) V) List[V] {
	out, made := *l, l.form.Make
	out.form.Make = func(row Row, word string, bits uint32) V { return turn(made(row, word, bits)) }
	out.whole = make([]*V, len(l.whole))
	for i, v := range l.whole {
		t := turn(*v)
		out.whole[i] = &t
	}
	return out
}
