package manifest

import (
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// paths returns the paths of a sequence of pairs.
func paths(pairs iter.Seq2[Path, Pair]) []Path {
	all := []Path{}
	for p := range pairs {
		all = append(all, p)
	}
	return all
}

// TestChildren: names that sort around the separator, and things whose
// directory is not recorded.
func TestChildren(t *testing.T) {
	base := Memory{}
	for _, p := range []Path{"a", "a/b", "a/b/c", "a b", "a!", "a\x01", "a\x01/x", "b/orphan", "c"} {
		base[p] = pairOf(1)
	}
	store, err := OpenStore(filepath.Join(t.TempDir(), "store"), StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for p, pair := range base {
		if err := store.Set(p, pair); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[Path][]Path{
		Root:    {"a", "a\x01", "a b", "a!", "c"},
		"a":     {"a/b"},
		"a/b":   {"a/b/c"},
		"a\x01": {"a\x01/x"},
		"b":     {"b/orphan"},
		"c":     {},
		"none":  {},
	} {
		for name, b := range map[string]Base{"memory": base, "store": store} {
			if diff := cmp.Diff(want, paths(b.Children(dir))); diff != "" {
				t.Errorf("%s, children of %q (-want +got):\n%s", name, dir, diff)
			}
		}
	}
	for p := range store.Children(Root) {
		if p != "a" {
			t.Errorf("%q after the loop was left", p)
		}
		break
	}
}

// TestStoreCounts holds a store against a base in memory: after any changes, and
// when it is opened again, it counts the same and shows the same directories.
func TestStoreCounts(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(dir, fmt.Sprint(n))
		store, err := OpenStore(path, StoreOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want := Memory{}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			p := Path(rapid.SampledFrom([]string{"a", "a/x", "a/y", "b", "b/x"}).Draw(t, "path"))
			var err error
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				err = store.Forget(p)
				delete(want, p)
			case 1:
				pair := Pair{Local: Entry{Kind: Dir}, Remote: Entry{Kind: Dir}}
				err = store.Set(p, pair)
				want[p] = pair
			case 2:
				err = store.Rename("a", "c")
				_ = want.Rename("a", "c")
			default:
				err = store.Set(p, pairOf(int64(len(p))))
				want[p] = pairOf(int64(len(p)))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if store.Len() != want.Len() || store.Files() != want.Files() {
				t.Fatalf("%d pairs, %d files, want %d and %d", store.Len(), store.Files(), want.Len(), want.Files())
			}
			var dirs []Path
			for p, pair := range want.All() {
				if pair.Kind() == Dir {
					dirs = append(dirs, p)
				}
			}
			if got := slices.Collect(store.Dirs()); !slices.Equal(got, dirs) {
				t.Fatalf("directories %q, want %q", got, dirs)
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			if store, err = OpenStore(path, StoreOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		store.Close()
	})
}
