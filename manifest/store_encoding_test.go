package manifest

import (
	"path/filepath"
	"slices"
	"testing"
)

// Another encoding gives the files of a server other names. What was known under the old ones
// is forgotten, so that nothing looks deleted.
func TestUseEncoding(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pair.db")
	s := openStore(t, path)
	for _, p := range []Path{"a", "d", "d/\u00e4", "\u044f", "\u044f/a", "z"} {
		if err := s.Set(p, pairOf(1)); err != nil {
			t.Fatal(err)
		}
	}
	use := func(s *Store, name string, want int) {
		t.Helper()
		if n, err := s.UseEncoding(name); n != want || err != nil {
			t.Errorf("UseEncoding(%q) forgets %d, %v, want %d", name, n, err, want)
		}
	}
	has := func(s *Store, want ...Path) {
		t.Helper()
		var got []Path
		for p := range s.All() {
			got = append(got, p)
		}
		children := 0
		for p := range s.Children("d") {
			if children++; !slices.Contains(want, p) {
				t.Errorf("%q is a child of d", p)
			}
		}
		if !slices.Equal(got, want) || s.Len() != len(want) || s.Files() != len(want) || children > 1 {
			t.Errorf("holds %q, %d in all; want %q", got, s.Len(), want)
		}
	}
	all := []Path{"a", "d", "d/\u00e4", "z", "\u044f", "\u044f/a"}
	use(s, "", 0)
	has(s, all...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	view, err := OpenStore(path, StoreOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	use(view, "gbk", 3)
	has(view, "a", "d", "z")
	if _, ok := view.At("\u044f"); ok {
		t.Error("a dry run sees what is to be forgotten")
	}
	if err := view.Close(); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path)
	has(s, all...)
	use(s, "gbk", 3)
	has(s, "a", "d", "z")
	use(s, "gbk", 0)
	if err := s.Set("\u4e2d", pairOf(2)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path)
	if s.Damage() != "" {
		t.Error(s.Damage())
	}
	has(s, "a", "d", "z", "\u4e2d")
	use(s, "gbk", 0)
	use(s, "", 1)
	has(s, "a", "d", "z")
}
