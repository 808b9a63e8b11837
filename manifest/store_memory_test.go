package manifest_test

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
)

// paths returns the paths of a sequence of pairs.
func paths(pairs iter.Seq2[manifest.Path, manifest.Pair]) []manifest.Path {
	all := []manifest.Path{}
	for p := range pairs {
		all = append(all, p)
	}
	return all
}

// pairOf returns a pair of files, which the server spells differently.
func pairOf(size int64) manifest.Pair {
	local := manifest.Entry{Kind: manifest.File, Size: size, ModTime: 1700000000123456789, ID: 77}
	remote := manifest.Entry{Kind: manifest.File, Size: size, ModTime: 1700000000000000000, Precision: manifest.Second,
		Shown: 1700000000, ShownPrecision: manifest.Minute, Name: "e\u0301"}
	return manifest.Pair{Local: local, Remote: remote, Sum: strings.Repeat("s", 32)}
}

// TestChildren: names that sort around the separator, and things whose
// directory is not recorded.
func TestChildren(t *testing.T) {
	base := manifesttest.Memory{}
	for _, p := range []manifest.Path{"a", "a/b", "a/b/c", "a b", "a!", "a\x01", "a\x01/x", "b/orphan", "c"} {
		base[p] = pairOf(1)
	}
	store, err := manifest.OpenStore(filepath.Join(t.TempDir(), "store"), manifest.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for p, pair := range base {
		if err := store.Set(p, pair); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[manifest.Path][]manifest.Path{
		manifest.Root: {"a", "a\x01", "a b", "a!", "c"},
		"a":           {"a/b"},
		"a/b":         {"a/b/c"},
		"a\x01":       {"a\x01/x"},
		"b":           {"b/orphan"},
		"c":           {},
		"none":        {},
	} {
		for name, b := range map[string]manifest.Base{"memory": base, "store": store} {
			if diff := cmp.Diff(want, paths(b.Children(dir))); diff != "" {
				t.Errorf("%s, children of %q (-want +got):\n%s", name, dir, diff)
			}
		}
	}
	for p := range store.Children(manifest.Root) {
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
		store, err := manifest.OpenStore(path, manifest.StoreOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want := manifesttest.Memory{}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			p := manifest.Path(rapid.SampledFrom([]string{"a", "a/x", "a/y", "b", "b/x"}).Draw(t, "path"))
			var err error
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				err = store.Forget(p)
				delete(want, p)
			case 1:
				pair := manifest.Pair{Local: manifest.Entry{Kind: manifest.Dir}, Remote: manifest.Entry{Kind: manifest.Dir}}
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
			var dirs []manifest.Path
			for p, pair := range want.All() {
				if pair.Kind() == manifest.Dir {
					dirs = append(dirs, p)
				}
			}
			if got := slices.Collect(store.Dirs()); !slices.Equal(got, dirs) {
				t.Fatalf("directories %q, want %q", got, dirs)
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			if store, err = manifest.OpenStore(path, manifest.StoreOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		store.Close()
	})
}

func TestStoreRenameMovesAllBelow(t *testing.T) {
	s, err := manifest.OpenStore(filepath.Join(t.TempDir(), "pair.db"), manifest.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := manifesttest.Memory{}
	for _, p := range []manifest.Path{"old", "old/x", "old/y/z", "older"} {
		pair := pairOf(int64(len(p)))
		_ = s.Set(p, pair)
		_ = m.Set(p, pair)
	}
	if err := errors.Join(s.Rename("old", "new/home"), m.Rename("old", "new/home")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[manifest.Path]manifest.Pair(m), maps.Collect(s.All())); diff != "" {
		t.Errorf("store differs from memory (-memory +store):\n%s", diff)
	}
	if _, ok := s.At("new/home/y/z"); !ok || s.Len() != 4 {
		t.Errorf("At(new/home/y/z) = %v, Len() = %d", ok, s.Len())
	}
}
