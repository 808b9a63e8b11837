package manifest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// plant makes a tree of words such as "a/" (a directory), "a/b" or "a/b=5" (a
// file of 5 bytes), "a/?" (a is unknown) and "a/!x" (a holds the name x, which
// cannot be held).
func plant(words string) *Tree {
	var b Builder
	for w := range strings.FieldsSeq(words) {
		p := Path(w)
		if dir, ok := strings.CutSuffix(w, "/"); ok {
			b.Add(Path(dir), Entry{Kind: Dir})
			continue
		}
		switch base := p.Base(); {
		case base == "?":
			b.Unknown(p.Parent(), "test")
		case base[0] == '!':
			b.Skip(p.Parent(), base[1:], "test")
		default:
			name, size, _ := strings.Cut(w, "=")
			e := Entry{Kind: File}
			fmt.Sscan(size, &e.Size)
			b.Add(Path(name), e)
		}
	}
	return b.Tree()
}

// show is the reverse of plant, in the order of the tree, problems last. A
// directory that holds what is in no tree has a "+".
func show(t *Tree) string {
	var words []string
	for p, e := range t.All() {
		switch {
		case e.IsDir() && e.Holds:
			words = append(words, string(p)+"/+")
		case e.IsDir():
			words = append(words, string(p)+"/")
		case e.Size != 0:
			words = append(words, fmt.Sprintf("%s=%d", p, e.Size))
		default:
			words = append(words, string(p))
		}
	}
	for _, q := range t.Problems() {
		if q.Name != "" {
			words = append(words, string(q.Path.Join("!"+q.Name)))
		} else {
			words = append(words, string(q.Path.Join("?")))
		}
	}
	return strings.Join(words, " ")
}

func TestTreeOrder(t *testing.T) {
	tree := plant("a-b b/ a/c/d a/ a.b a0 b/x a/c/ é")
	if got, want := show(tree), "a/ a/c/ a/c/d a-b a.b a0 b/ b/x é"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestTreeAt(t *testing.T) {
	tree := plant("a/ a/b=3 c=1")
	for p, want := range map[Path]Entry{
		Root:    {Kind: Dir},
		"a":     {Kind: Dir},
		"a/b":   {Kind: File, Size: 3},
		"c":     {Kind: File, Size: 1},
		"b":     {},
		"a/b/c": {},
	} {
		if diff := cmp.Diff(want, tree.At(p)); diff != "" {
			t.Errorf("At(%q): %s", p, diff)
		}
	}
	if tree.Len() != 3 {
		t.Errorf("%d entries", tree.Len())
	}
}

func TestTreeNil(t *testing.T) {
	var tree *Tree
	for p := range tree.All() {
		t.Errorf("holds %q", p)
	}
	if tree.Len() != 0 || tree.At("a").Exists() || !tree.At(Root).IsDir() || !tree.Known("a") || tree.Problems() != nil {
		t.Error("a nil tree is not empty")
	}
}

func TestTreeBelow(t *testing.T) {
	tree := plant("a/ a/b/ a/b/c a/d a-b ab/ ab/c")
	for dir, want := range map[Path][]Path{
		Root:  {"a", "a/b", "a/b/c", "a/d", "a-b", "ab", "ab/c"},
		"a":   {"a/b", "a/b/c", "a/d"},
		"a/b": {"a/b/c"},
		"a/d": nil,
		"x":   nil,
		"a/a": nil,
	} {
		var got []Path
		for p := range tree.Below(dir) {
			got = append(got, p)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Below(%q): %s", dir, diff)
		}
	}
	for p := range tree.All() {
		if p != "a" {
			t.Errorf("went on to %q after a break", p)
		}
		break
	}
}

func TestTreePut(t *testing.T) {
	tree := plant("a=1 c=1")
	tree.Put("b", Entry{Kind: File, Size: 2})
	tree.Put("a", Entry{Kind: File, Size: 3})
	tree.Put("c", Entry{})
	tree.Put("d", Entry{})
	if got := show(tree); got != "a=3 b=2" {
		t.Errorf("tree is %s", got)
	}
}

func TestTreeKnown(t *testing.T) {
	tree := plant("a/ a/b/ a/b/? c/ c/!x d")
	for p, want := range map[Path]bool{
		Root: true, "a": true, "a/b": false, "a/b/c": false, "a/b/c/d": false, "a/bc": true,
		"c": true, "c/y": true, "d": true, "e": true,
	} {
		if got := tree.Known(p); got != want {
			t.Errorf("Known(%q) = %v", p, got)
		}
	}
	if nothing := plant("?"); nothing.Known(Root) || nothing.Known("a") {
		t.Error("all is known below an unknown root")
	}
}

func TestTreeHolds(t *testing.T) {
	var b Builder
	b.Hold("a")
	b.Hold("gone")
	b.Add("a", Entry{Kind: Dir})
	b.Add("b", Entry{Kind: Dir})
	b.Skip("b", "bad\n", "line end")
	b.Add("c", Entry{Kind: Dir})
	if got := show(b.Tree()); got != "a/+ b/+ c/ b/!bad\n" {
		t.Errorf("tree is %q", got)
	}
}

// TestTreeTwins: two spellings of one name must not be taken for one file.
func TestTreeTwins(t *testing.T) {
	var b Builder
	b.Add("caf\u00e9", Entry{Kind: File})
	b.Add("caf\u00e9", Entry{Kind: File, Name: "cafe\u0301"})
	b.Add("x", Entry{Kind: File})
	tree := b.Tree()
	if tree.Len() != 2 || tree.Known("caf\u00e9") || !tree.Known("x") {
		t.Errorf("tree is %s", show(tree))
	}
	why := tree.Problems()[0].Why
	if !strings.Contains(why, `caf\u00e9`) || !strings.Contains(why, `cafe\u0301`) {
		t.Errorf("the problem names not both: %s", why)
	}
}

func TestProblemString(t *testing.T) {
	for want, q := range map[string]Problem{
		`.: no`:          {Why: "no"},
		`a/b: no`:        {Path: "a/b", Why: "no"},
		`a/"x\n": no`:    {Path: "a", Name: "x\n", Why: "no"},
		`"x\x1b[0m": no`: {Name: "x\x1b[0m", Why: "no"},
	} {
		if got := q.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestTreeRename(t *testing.T) {
	tree := plant("a/ a/b=1 a/c/ a/c/d=2 ab=3 z/ a/c/? z/!q")
	tree.Put("a", Entry{Kind: Dir, Name: "A"})
	moved := tree.Rename("a", "z/y")
	if got := show(moved); got != "ab=3 z/+ z/y/ z/y/b=1 z/y/c/ z/y/c/d=2 a/c/? z/!q" {
		t.Errorf("tree is %s", got)
	}
	if moved.At("z/y").Name != "" {
		t.Error("the old spelling went along")
	}
	if !tree.At("a/b").Exists() {
		t.Error("the tree itself changed")
	}
}

func TestTreeGraft(t *testing.T) {
	for _, c := range []struct {
		name, old string
		dirs      []Path
		fresh     string
		want      string
	}{
		{"a file changed", "a/ a/b=1 c=1", []Path{"a"}, "a/ a/b=2", "a/ a/b=2 c=1"},
		{"a file came and one went", "a/ a/b=1 c=1", []Path{"a"}, "a/ a/d=4", "a/ a/d=4 c=1"},
		{"the root", "a/ a/b=1 c=1", []Path{Root}, "a/ d", "a/ a/b=1 d"},
		{"what is deeper stays", "a/ a/b/ a/b/c=1 a/d", []Path{"a"}, "a/ a/b/", "a/ a/b/ a/b/c=1"},
		{"a directory went with all below it", "a/ a/b/ a/b/c/ a/b/c/d e", []Path{"a"}, "a/", "a/ e"},
		{"a directory became a file", "a/ a/b/ a/b/c=1", []Path{"a"}, "a/ a/b=2", "a/ a/b=2"},
		{"a file became a directory", "a/ a/b=2", []Path{"a", "a/b"}, "a/ a/b/ a/b/c=1", "a/ a/b/ a/b/c=1"},
		{"the look failed", "a/ a/b=1 c", []Path{"a"}, "a/?", "a/ c a/?"},
		{"the look failed, all below stays", "a/ a/b/ a/b/c c", []Path{"a"}, "a/?", "a/ a/b/c c a/?"},
		{"now it could be read", "a/ a/? c", []Path{"a"}, "a/ a/b=1", "a/ a/b=1 c"},
		{"other problems stay", "a/ a/? c/ c/!x", []Path{"a"}, "a/ a/b", "a/ a/b c/+ c/!x"},
		{"what could not be read was not looked into again", "a/ a/b/ a/b/?", []Path{"a"}, "a/ a/b/", "a/ a/b/ a/b/?"},
		{"what could not be read is gone", "a/ a/b/ a/b/?", []Path{"a"}, "a/", "a/"},
		{"what could not be read is a file now", "a/ a/b/ a/b/?", []Path{"a"}, "a/ a/b", "a/ a/b"},
		{"it went with the directory above", "a/ a/b/ a/b/c/ a/b/c/?", []Path{"a"}, "a/", "a/"},
		{"a directory still holds what it held", "a/ a/b/ a/b/!x", []Path{"a"}, "a/ a/b/", "a/ a/b/+ a/b/!x"},
		{"a directory holds something new", "a/ a/b", []Path{"a"}, "a/b a/!x", "a/+ a/b a/!x"},
		{"a directory holds nothing any more", "a/ a/b a/!x", []Path{"a"}, "a/b", "a/ a/b"},
		{"a directory that cannot be read holds what it held", "a/ a/b a/!x", []Path{"a"}, "a/?", "a/+ a/?"},
		{"it holds it no more", "a/ a/b/ a/b/!x", []Path{"a", "a/b"}, "a/ a/b/", "a/ a/b/"},
		{"both fail", "a/ a/b/ a/b/?", []Path{"a"}, "a/?", "a/ a/? a/b/?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			old := plant(c.old)
			before := show(old)
			got := old.Graft(c.dirs, plant(c.fresh))
			if diff := cmp.Diff(c.want, show(got)); diff != "" {
				t.Error(diff)
			}
			if show(old) != before {
				t.Error("the old tree changed")
			}
		})
	}
}

func TestTreeGraftNil(t *testing.T) {
	if got := show(plant("a/ a/b c").Graft([]Path{"a"}, nil)); got != "a/ c" {
		t.Errorf("grafting nothing gives %s", got)
	}
	if got := show((*Tree)(nil).Graft([]Path{Root}, plant("a"))); got != "a" {
		t.Errorf("grafting on nothing gives %s", got)
	}
}

func TestBuilderConcurrent(t *testing.T) {
	var b Builder
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 100 {
				dir := Path(fmt.Sprintf("d%d", i))
				b.Add(dir.Join(fmt.Sprint(j)), Entry{Kind: File})
				b.Hold(dir)
				b.Skip(dir, "x\n", "bad")
				b.Unknown(dir.Join(fmt.Sprint("u", j)), "closed")
			}
		})
	}
	wait.Wait()
	if tree := b.Tree(); tree.Len() != 800 || len(tree.Problems()) != 1600 {
		t.Errorf("%d entries, %d problems", tree.Len(), len(tree.Problems()))
	}
}

func treeOf(entries map[Path]Entry) *Tree {
	var b Builder
	for p, e := range entries {
		b.Add(p, e)
	}
	return b.Tree()
}

// TestTreeOrderRandom: in whatever order entries come, they end up sorted and
// are found.
func TestTreeOrderRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	names := []string{"a", "a-", "a.b", "A", "b", "a b", "0"}
	for range 200 {
		entries := make(map[Path]Entry)
		for range 30 {
			p := Root
			for range 1 + r.IntN(4) {
				p = p.Join(names[r.IntN(len(names))])
				entries[p] = Entry{Kind: Dir, Size: int64(r.IntN(100))}
			}
		}
		tree := treeOf(entries)
		var paths []Path
		for p, e := range tree.All() {
			if paths = append(paths, p); e != entries[p] || tree.At(p) != e {
				t.Fatalf("%q is %v, want %v", p, e, entries[p])
			}
		}
		if len(paths) != len(entries) || !slices.IsSortedFunc(paths, Path.Compare) {
			t.Fatalf("%q", paths)
		}
	}
}

// TestTreeHoldsWhatItIsGiven holds a tree against a map: paths in any order,
// also without the directories above them, names around the separator, entries
// of every kind, and so many that they fill several chunks.
func TestTreeHoldsWhatItIsGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "a b", "a!", "a\x01", "b", "\u00e9", strings.Repeat("long", 300)}
		want := make(map[Path]Entry)
		var order []Path
		var b Builder
		add := func(p Path, e Entry) {
			if _, is := want[p]; !is {
				want[p] = e
				order = append(order, p)
				b.Add(p, e)
			}
		}
		if rapid.IntRange(0, 20).Draw(t, "many") == 0 {
			for i := range 3 * chunkEntries {
				add(Path(fmt.Sprintf("many/f%d", i*7919%(3*chunkEntries))), Entry{Kind: File, Size: int64(i)})
			}
		}
		for range rapid.IntRange(0, 30).Draw(t, "entries") {
			var p Path
			for range rapid.IntRange(1, 4).Draw(t, "depth") {
				p = p.Join(rapid.SampledFrom(names).Draw(t, "name"))
			}
			add(p, Entry{
				Kind:           Kind(rapid.IntRange(1, 3).Draw(t, "kind")),
				Precision:      Precision(rapid.IntRange(0, 4).Draw(t, "precision")),
				ShownPrecision: Precision(rapid.IntRange(0, 4).Draw(t, "shown precision")),
				Holds:          rapid.Bool().Draw(t, "holds"),
				Size:           rapid.Int64Min(0).Draw(t, "size"),
				ModTime:        rapid.Int64().Draw(t, "time"),
				Shown:          rapid.Int64().Draw(t, "shown"),
				ID:             rapid.Uint64().Draw(t, "id"),
				Sum:            rapid.SampledFrom([]string{"", "", "sum"}).Draw(t, "sum"),
				Name:           rapid.SampledFrom([]string{"", "", "spelled"}).Draw(t, "spelled"),
			})
		}
		tree := b.Tree()
		for i := range rapid.IntRange(0, 4).Draw(t, "corrections") {
			p := Path("a/new")
			if len(order) > 0 {
				p = rapid.SampledFrom(order).Draw(t, "corrected")
			}
			e := Entry{Kind: Kind(rapid.IntRange(0, 3).Draw(t, "corrected kind")), Size: int64(i), Sum: rapid.SampledFrom([]string{"", "sum"}).Draw(t, "corrected sum")}
			if e.Kind == None {
				e = Entry{}
				delete(want, p)
			} else {
				want[p] = e
			}
			tree.Put(p, e)
		}
		sorted := slices.SortedFunc(maps.Keys(want), Path.Compare)
		i := 0
		for p, e := range tree.All() {
			if i >= len(sorted) || p != sorted[i] || e != want[p] {
				t.Fatalf("entry %d is %q %+v", i, p, e)
			}
			i++
		}
		if i != len(want) || tree.Len() != len(want) {
			t.Fatalf("%d entries, Len %d, want %d", i, tree.Len(), len(want))
		}
		for _, p := range order {
			if e := tree.At(p); e != want[p] {
				t.Fatalf("at %q %+v, want %+v", p, e, want[p])
			}
			if len(order) > chunkEntries {
				continue
			}
			n := 0
			for q := range tree.Below(p) {
				if !q.Below(p) {
					t.Fatalf("%q is not below %q", q, p)
				}
				n++
			}
			for q := range want {
				if q.Below(p) {
					n--
				}
			}
			if n != 0 {
				t.Fatalf("%d too many below %q", n, p)
			}
		}
	})
}

// TestGraftOfProblemsLeavesTheOldTree holds that a tree which only learnt of
// problems can be corrected without changing the one that it came from.
func TestGraftOfProblemsLeavesTheOldTree(t *testing.T) {
	old := treeOf(map[Path]Entry{"a": {Kind: File, Size: 1, Sum: "x"}, "b": {Kind: File, Size: 2}})
	var b Builder
	b.Unknown("b", "why")
	fresh := old.Graft(nil, b.Tree())
	fresh.Put("a", Entry{Kind: File, Size: 3})
	fresh.Put("b", Entry{Kind: File, Size: 4, Sum: "y"})
	if old.At("a").Size != 1 || old.At("a").Sum != "x" || old.At("b").Sum != "" || !old.Known("b") || fresh.Known("b") || fresh.At("a").Sum != "" {
		t.Errorf("old %v %v, fresh %v %v", old.At("a"), old.At("b"), fresh.At("a"), fresh.At("b"))
	}
}
