package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// A tree keeps the checksums that are put into it, whatever is done to it, and without an
// entry that stands aside for each.
func TestTreeKeepsSums(t *testing.T) {
	sum := func(i int) string { return fmt.Sprintf("%032d", i) }
	path := func(i int) Path { return Path(fmt.Sprintf("d%d/f%d", i%7, i)) }
	var b Builder
	for i := range 1000 {
		if i < 7 {
			b.Add(path(i).Parent(), Entry{Kind: Dir})
		}
		e := Entry{Kind: File, Size: int64(i)}
		if i%4 == 0 {
			e.Sum = sum(i) // known when it is added, in no order of paths
		}
		b.Add(path(i), e)
	}
	tree := b.Tree()
	for i := 1; i < 1000; i += 4 {
		e := tree.At(path(i))
		e.Sum = sum(i)
		tree.Put(path(i), e)
	}
	check := func(what string, tree *Tree) {
		t.Helper()
		for i := range 1000 {
			want := ""
			if i%4 < 2 {
				want = sum(i)
			}
			if e := tree.At(path(i)); e.Sum != want || e.Size != int64(i) {
				t.Fatalf("%s: %s has %d bytes and the sum %q, want %d and %q", what, path(i), e.Size, e.Sum, i, want)
			}
		}
	}
	check("put", tree)
	if n := len(tree.list.rare); n > 0 {
		t.Errorf("%d entries stand aside", n)
	}
	grafted := tree.Graft(nil, new(Tree))
	tree.Put(path(0), Entry{Kind: File})
	tree.Put(path(1), Entry{Kind: File, Sum: strings.Repeat("x", 32), Name: "other"})
	check("a graft does not see later changes", grafted)
	check("joined", grafted.Join(new(Tree)))
	check("grafted", grafted.Graft([]Path{"none"}, new(Tree)))
	if e := tree.At(path(0)); e.Sum != "" {
		t.Errorf("the sum %q was removed", e.Sum)
	}
	tree.Put(path(1), Entry{Kind: File, Sum: sum(1)})
	if e := tree.At(path(1)); e.Sum != sum(1) || e.Name != "" || len(tree.list.rare) > 0 {
		t.Errorf("%+v", e)
	}
	for n := range grafted.Len() {
		p, e := grafted.Nth(n)
		if p != grafted.PathOfNth(n) || grafted.At(p) != e || grafted.CompareNth(n, p) != 0 || grafted.CompareNth(n, "d9") >= 0 {
			t.Fatalf("number %d: %q %+v", n, p, e)
		}
	}
}
