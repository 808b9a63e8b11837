package manifest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func openStore(t *testing.T, path string) *Store {
	t.Helper()
	s, err := OpenStore(path, StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func pairOf(size int64) Pair {
	e := Entry{Kind: File, Size: size, ModTime: 1700000000123456789, ID: 77}
	r := Entry{Kind: File, Size: size, ModTime: 1700000000000000000, Precision: Second, Shown: 1700000000, ShownPrecision: Minute, Name: "e\u0301"}
	return Pair{Local: e, Remote: r, Sum: strings.Repeat("s", 32)}
}

func contents(b Base) map[Path]Pair {
	m := make(map[Path]Pair)
	for p, pair := range b.All() {
		m[p] = pair
	}
	return m
}

func TestStoreKeepsWhatWasRecorded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pair.db")
	s := openStore(t, path)
	want := map[Path]Pair{"a": pairOf(1), "a/b": pairOf(2), "a-c": pairOf(3), "z": pairOf(0)}
	for p, pair := range want {
		if err := s.Set(p, pair); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Set("gone", pairOf(9)); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget("gone"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetRoots("disk", "server"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openStore(t, path)
	if diff := cmp.Diff(want, contents(s)); diff != "" {
		t.Errorf("after reopening (-want +got):\n%s", diff)
	}
	if s.Len() != len(want) {
		t.Errorf("Len() = %d, want %d", s.Len(), len(want))
	}
	if l, r := s.Roots(); l != "disk" || r != "server" {
		t.Errorf("Roots() = %q, %q", l, r)
	}
	if s.Damage() != "" {
		t.Errorf("Damage() = %q", s.Damage())
	}
}

// TestStorePart holds that a store remembers that there were only passes over a part, also one
// of before there was a field for it, until the roots are recorded.
func TestStorePart(t *testing.T) {
	for name, set := range map[string]func(*Store) error{
		"now":    (*Store).SetPart,
		"before": func(s *Store) error { return s.SetRoots(earlierPart, "") },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pair")
			s := openStore(t, path)
			if s.Part() {
				t.Error("a new store knows of a part")
			}
			if err := errors.Join(set(s), s.Set("a", pairOf(1)), s.Close()); err != nil {
				t.Fatal(err)
			}
			s = openStore(t, path)
			if l, r := s.Roots(); !s.Part() || l != "" || r != "" {
				t.Errorf("Part() = %v, Roots() = %q, %q", s.Part(), l, r)
			}
			if err := errors.Join(s.SetRoots("disk", "server"), s.Close()); err != nil {
				t.Fatal(err)
			}
			if s = openStore(t, path); s.Part() {
				t.Error("it is still a part")
			}
		})
	}
}

func TestStoreYieldsPathsInOrder(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "pair.db"))
	for _, p := range []Path{"b", "a-c", "a/b", "a", "a/b/c", "aa"} {
		if err := s.Set(p, pairOf(1)); err != nil {
			t.Fatal(err)
		}
	}
	var all, below []Path
	for p := range s.All() {
		all = append(all, p)
	}
	for p := range s.Below("a") {
		below = append(below, p)
	}
	if diff := cmp.Diff([]Path{"a", "a/b", "a/b/c", "a-c", "aa", "b"}, all); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Path{"a/b", "a/b/c"}, below); diff != "" {
		t.Error(diff)
	}
}

func TestStoreIsForOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pair.db")
	openStore(t, path)
	if _, err := OpenStore(path, StoreOptions{}); !errors.Is(err, ErrLocked) {
		t.Fatalf("second open: %v, want ErrLocked", err)
	}
}

func TestStoreReadOnlyMakesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "pair.db")
	s, err := OpenStore(path, StoreOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() != 0 || len(contents(s)) != 0 {
		t.Error("a missing store is not empty")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the directory was made")
	}
}

// TestStoreDamage flips and cuts the file at many places: the store then opens
// as what it was, or is set aside and says so; it never invents a pair.
func TestStoreDamage(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pair.db")
	s := openStore(t, path)
	want := make(map[Path]Pair)
	for i := range 300 {
		p := Path(fmt.Sprintf("dir%d/file%d", i%7, i))
		want[p] = pairOf(int64(i))
		_ = s.Set(p, want[p])
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	aside := 0
	for i := range 150 {
		bad := append([]byte(nil), good...)
		switch at := rng.IntN(len(bad)); i % 3 {
		case 0:
			bad[at] ^= 1 << rng.IntN(8)
		case 1:
			bad = bad[:at]
		case 2:
			clear(bad[at:min(at+512, len(bad))])
		}
		broken := filepath.Join(dir, fmt.Sprintf("broken%d.db", i))
		if err := os.WriteFile(broken, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := OpenStore(broken, StoreOptions{})
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		got := contents(s)
		for p, pair := range got {
			if diff := cmp.Diff(want[p], pair); diff != "" {
				t.Errorf("case %d: invented %s:\n%s", i, p, diff)
			}
		}
		if s.Damage() != "" {
			aside++
			if len(got) != 0 {
				t.Errorf("case %d: damaged, yet %d pairs", i, len(got))
			}
		} else if len(got) != len(want) {
			t.Errorf("case %d: %d pairs of %d and no damage reported", i, len(got), len(want))
		}
		s.Close()
	}
	if aside == 0 {
		t.Error("no damage was noticed at all")
	}
}

func FuzzRecord(f *testing.F) {
	key := pathKey("a/b")
	f.Add([]byte(key), encodePair(key, pairOf(5)))
	f.Add([]byte("x"), []byte{recordVersion, 1, 2, 3})
	f.Fuzz(func(t *testing.T, key, record []byte) {
		pair, err := decodePair(key, record)
		if err != nil {
			return
		}
		again, err := decodePair(key, encodePair(key, pair))
		if err != nil || again != pair {
			t.Errorf("does not survive: %+v, %v", again, err)
		}
	})
}
