package pack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
)

// A thing is what the tests pack: what a row has, and more.
type thing struct {
	path  manifest.Path
	sizes [3]int64 // of base, local and remote
	note  uint32
	more  string // fits into no row
}

func thingOf(row Row) thing {
	return thing{row.Path, [3]int64{row.Base.Local.Size, row.Now[0].Size, row.Now[1].Size}, row.Note, ""}
}

func aPath(t *rapid.T, label string) manifest.Path {
	part := rapid.SampledFrom([]string{"a", "a.", "b", "c-", "é"})
	var p manifest.Path
	for _, name := range rapid.SliceOfN(part, 1, 3).Draw(t, label) {
		p = p.Join(name)
	}
	return p
}

// merged returns a random base and two trees, and what Merge yields of them.
func merged(t *rapid.T) (trees [2]*manifest.Tree, rows []Row) {
	base := manifesttest.Memory{}
	var now [2]map[manifest.Path]manifest.Entry
	file := func() manifest.Entry {
		return manifest.Entry{Kind: manifest.File, Size: rapid.Int64Range(1, 9).Draw(t, "size")}
	}
	for range rapid.IntRange(0, 8).Draw(t, "pairs") {
		base[aPath(t, "based")] = manifest.Pair{Local: file(), Remote: file(), Sum: "s"}
	}
	for s := range now {
		now[s] = make(map[manifest.Path]manifest.Entry)
		for range rapid.IntRange(0, 8).Draw(t, "entries") {
			now[s][aPath(t, "there")] = file()
		}
		var b manifest.Builder
		for p, e := range now[s] {
			b.Add(p, e)
		}
		trees[s] = b.Tree()
	}
	all := make(map[manifest.Path]bool)
	for p := range base {
		all[p] = true
	}
	for _, side := range now {
		for p := range side {
			all[p] = true
		}
	}
	for row := range Merge(base, trees) {
		rows = append(rows, *row)
		pair, based := base[row.Path]
		if row.Base != pair || row.HasBase != based || row.Now != [2]manifest.Entry{now[0][row.Path], now[1][row.Path]} {
			t.Fatalf("merged %+v, want %v and %v", *row, pair, now)
		}
	}
	if got, want := len(rows), len(all); got != want || !slices.IsSortedFunc(rows, func(a, b Row) int { return a.Path.Compare(b.Path) }) {
		t.Fatalf("%d rows of %d paths, or not in their order", got, want)
	}
	return trees, rows
}

// A table holds the same as a map, whatever of it is changed.
func TestTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trees, rows := merged(t)
		table := NewTable(trees[0], trees[1], func(_ int, row Row) thing { return thingOf(row) })
		want := make(map[manifest.Path]thing)
		for i, row := range rows {
			row.Note = uint32(i)
			v := thingOf(row)
			if rapid.Bool().Draw(t, "more") {
				v.more = "more"
			}
			table.Add(row, v)
			want[row.Path] = v
		}
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			p := aPath(t, "changed")
			switch v := table.Get(p); {
			case v == nil:
				table.Put(p, &thing{path: p, more: "put"})
				want[p] = thing{path: p, more: "put"}
			case rapid.Bool().Draw(t, "drop"):
				table.Drop(p)
				delete(want, p)
			default:
				v.more = "changed"
				want[p] = *v
			}
		}
		for _, dir := range []manifest.Path{manifest.Root, aPath(t, "dir")} {
			var got, wanted []thing
			for p, v := range table.Within(dir) {
				if p != v.path {
					t.Fatalf("%q yields %+v", p, *v)
				}
				got = append(got, *v)
			}
			for _, p := range slices.SortedFunc(maps.Keys(want), manifest.Path.Compare) {
				if p.Within(dir) {
					wanted = append(wanted, want[p])
				}
			}
			if !slices.Equal(got, wanted) {
				t.Fatalf("within %q\n%+v, want\n%+v", dir, got, wanted)
			}
			if dir == manifest.Root {
				var back []thing
				for v := range table.Backward() {
					back = append(back, *v)
				}
				if slices.Reverse(back); !slices.Equal(back, wanted) {
					t.Fatalf("backward\n%+v, want\n%+v", back, wanted)
				}
			}
		}
		for p := range want {
			if v := table.Get(p); v == nil || *v != want[p] {
				t.Fatalf("%q: %+v, want %+v", p, v, want[p])
			}
		}
	})
}

var thingForm = Form[thing]{
	Path:   func(v *thing) manifest.Path { return v.path },
	Shrink: func(v thing) (string, uint32) { return v.more, v.note },
	Make: func(row Row, word string, bits uint32) thing {
		v := thingOf(row)
		v.more, v.note = word, bits
		return v
	},
}

// A list does what a slice does, with values that can be packed and such as cannot.
func TestList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trees, rows := merged(t)
		all := NewRows(trees[0], trees[1])
		for _, row := range rows {
			all.Add(row)
		}
		list := NewList(all, thingForm)
		var want []thing
		for i := range rapid.IntRange(0, 12).Draw(t, "values") {
			n, v := -1, thing{path: aPath(t, "path")}
			if len(rows) > 0 && rapid.Bool().Draw(t, "of a row") {
				n = rapid.IntRange(0, len(rows)-1).Draw(t, "row")
				v = thingOf(rows[n])
			}
			if rapid.IntRange(0, 3).Draw(t, "other path") == 0 {
				v.path += "-copy"
			}
			v.note, v.more = uint32(rapid.IntRange(0, 2).Draw(t, "group")), fmt.Sprint(i%3)
			list.Add(n, v)
			want = append(want, v)
		}
		check := func(what string) {
			t.Helper()
			got := []thing{}
			for i, v := range list.All() {
				if *v != *list.At(i) {
					t.Fatalf("%s: value %d is %+v and %+v", what, i, *v, *list.At(i))
				}
				got = append(got, *v)
			}
			if !slices.Equal(got, want) || list.Len() != len(want) {
				t.Fatalf("%s:\n%+v, want\n%+v", what, got, want)
			}
		}
		check("added")
		dir := aPath(t, "dir")
		list.EditBelow(dir, func(v *thing) { v.sizes[0]++; v.more = "edited" })
		for i := range want {
			if want[i].path.Below(dir) {
				want[i].sizes[0]++
				want[i].more = "edited"
			}
		}
		check("edited")
		dir = aPath(t, "other dir")
		list.RemoveBelow(dir)
		want = slices.DeleteFunc(want, func(v thing) bool { return v.path.Below(dir) })
		check("removed")
		list.Sort(func(v *thing) int { return int(v.note) }, func(group int) bool { return group == 1 })
		slices.SortStableFunc(want, func(a, b thing) int {
			c := a.path.Compare(b.path)
			if a.note != b.note {
				return int(a.note) - int(b.note)
			} else if a.note == 1 {
				return -c
			}
			return c
		})
		check("sorted")
		first := []thing{{path: "z", more: "first"}, {path: "a", more: "second"}}
		list.Prepend(first)
		want = append(slices.Clone(first), want...)
		check("prepended")
		turned := list.Turned(func(v thing) thing { v.note += 10; return v })
		check("turned another list")
		list = turned
		for i := range want {
			want[i].note += 10
		}
		check("turned")
	})
}

// What a row has is not kept a second time.
func TestValuesOfRowsAreNotKept(t *testing.T) {
	var b manifest.Builder
	for i := range 100 {
		b.Add(manifest.Path(fmt.Sprintf("%03d", i)), manifest.Entry{Kind: manifest.File, Size: int64(i)})
	}
	tree := b.Tree()
	table := NewTable(tree, nil, func(_ int, row Row) thing { return thingOf(row) })
	list := NewList(table.Rows, thingForm)
	for row := range Merge(manifesttest.Memory{}, [2]*manifest.Tree{tree, nil}) {
		v := thingOf(*row)
		table.Add(*row, v)
		v.more = "the word of all"
		list.Add(table.Rows.Len()-1, v)
	}
	if len(table.kept) > 0 || len(list.whole) > 0 || len(list.words) != 1 {
		t.Errorf("%d values of the table, %d of the list and %d words are kept", len(table.kept), len(list.whole), len(list.words))
	}
}

// A base that has no room in the list of bases is kept all the same.
func TestLargeBases(t *testing.T) {
	var b manifest.Builder
	here := manifest.Entry{Kind: manifest.File, Size: 1}
	b.Add("b", here)
	table := NewTable(b.Tree(), new(manifest.Tree), func(_ int, row Row) thing { return thingOf(row) })
	base := manifest.Pair{Local: manifest.Entry{Kind: manifest.File, Size: 7}, Remote: manifest.Entry{Kind: manifest.File, Name: strings.Repeat("n", 5<<20)}}
	paths := []manifest.Path{"a", "b", "c"}
	for i, p := range paths {
		row := Row{Path: p, Base: base, HasBase: true}
		if p == "b" {
			row.Now[0], row.At[0] = here, 1
		}
		if i == 2 {
			row.Base.Remote.Name = ""
		}
		table.Add(row, thingOf(row))
	}
	for i, p := range paths {
		row := table.Rows.Row(i)
		if !row.HasBase || row.Path != p || table.Rows.Path(i) != p || row.Base.Local != base.Local {
			t.Errorf("%s is kept as %s with %+v", p, row.Path, row.Base.Local)
		}
		if v := table.Get(p); v == nil || v.sizes[0] != 7 {
			t.Errorf("%s: %v", p, v)
		}
	}
	if len(table.kept) != len(paths) { // by Get
		t.Errorf("%d values are kept", len(table.kept))
	}
}
