package manifest

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// pageSize is how much a disk writes at once or not at all, more or less.
const pageSize = 4096

// A lastWrite is the file of a store before and after one group was recorded,
// and what the store held then.
type lastWrite struct {
	before, after []byte
	was, is       state
}

// A state is all that a store knows.
type state struct {
	pairs         map[Path]Pair
	local, remote string
}

func stateOf(s *Store) state {
	local, remote := s.Roots()
	return state{contents(s), local, remote}
}

func (a state) equal(b state) bool {
	return maps.Equal(a.pairs, b.pairs) && a.local == b.local && a.remote == b.remote
}

// recordGroup fills a store in several groups, so that it has pages that were
// used before, and records one more.
func recordGroup(t *testing.T, seed uint64, last func(s *Store, p func(i int) Path)) lastWrite {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pair.db")
	s := openStore(t, path)
	name := func(i int) Path { return Path(fmt.Sprintf("dir%d/file%d", i%7, i)) }
	rng := rand.New(rand.NewPCG(seed, 1))
	for group := range 12 {
		for range 80 {
			i := rng.IntN(400)
			if err := s.Set(name(i), pairOf(int64(group*1000+i))); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	for _, disk := range []string{"one", "two", "three", "disk"} { // whole states on pages that will be used again
		if err := s.SetRoots(disk, "server"); err != nil {
			t.Fatal(err)
		}
	}
	look := func() ([]byte, state) {
		if err := s.Flush(); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b, stateOf(s)
	}
	w := lastWrite{}
	w.before, w.was = look()
	last(s, name)
	w.after, w.is = look()
	if w.was.equal(w.is) || bytes.Equal(w.before, w.after) {
		t.Fatal("the last group changes nothing")
	}
	return w
}

// changed returns the numbers of the pages that the last write changed, those of
// the meta pages (0 and 1) last, as they are written.
func (w lastWrite) changed() []int {
	var data, meta []int
	for n := 0; n*pageSize < len(w.after); n++ {
		switch {
		case bytes.Equal(w.page(w.before, n), w.page(w.after, n)):
		case n < 2:
			meta = append(meta, n)
		default:
			data = append(data, n)
		}
	}
	return append(data, meta...)
}

// page returns page n of the file b, or nil behind its end.
func (w lastWrite) page(b []byte, n int) []byte {
	return b[min(n*pageSize, len(b)):min((n+1)*pageSize, len(b))]
}

// hold holds that the file opens as what it was before or after the last write,
// or is found to be damaged, and says which.
func (w lastWrite) hold(t *testing.T, path, when string, readOnly bool) string {
	t.Helper()
	s, err := OpenStore(path, StoreOptions{ReadOnly: readOnly})
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer s.Close()
	got := stateOf(s)
	switch {
	case s.Damage() != "" && len(got.pairs) > 0:
		t.Errorf("%s: damaged, yet it holds %d pairs", when, len(got.pairs))
	case s.Damage() != "":
		if aside, _ := filepath.Glob(path + ".damaged-*"); len(aside) == 0 && !readOnly {
			t.Errorf("%s: damaged, and not set aside", when)
		}
		return "damaged"
	case got.equal(w.was):
		return "before"
	case got.equal(w.is):
		return "after"
	}
	t.Errorf("%s: a mixture: %d pairs, %d before, %d after", when, len(got.pairs), len(w.was.pairs), len(w.is.pairs))
	return "mixture"
}

// lastWrites are last groups of several kinds.
var lastWrites = map[string]func(s *Store, name func(int) Path){
	"a group": func(s *Store, name func(int) Path) {
		for i := range 60 {
			_ = s.Set(name(i*5), pairOf(int64(100_000+i)))
		}
	},
	"new names": func(s *Store, name func(int) Path) {
		for i := range 100 {
			_ = s.Set(name(1000+i), pairOf(int64(i)))
		}
	},
	"deletions": func(s *Store, name func(int) Path) {
		for i := range 90 {
			_ = s.Forget(name(i * 3))
		}
	},
	"one file": func(s *Store, name func(int) Path) { _ = s.Set(name(7), pairOf(1)) },
	"a renamed directory": func(s *Store, name func(int) Path) {
		_ = s.Rename("dir3", "elsewhere")
	},
	"the roots": func(s *Store, _ func(int) Path) { _ = s.SetRoots("another disk", "server") },
}

// TestStoreCutAtEveryByte cuts the last write of a store at every byte: what was
// written before the cut is there, the rest is not. Of a large write every byte
// of the meta page is tried, by which it counts, and of the other pages each
// 16th, unless FERRY_CRASH_ALL=1.
func TestStoreCutAtEveryByte(t *testing.T) {
	for name, last := range lastWrites {
		t.Run(name, func(t *testing.T) {
			w := recordGroup(t, 1, last)
			path := filepath.Join(t.TempDir(), "pair.db")
			now := append(bytes.Clone(w.before), make([]byte, max(0, len(w.after)-len(w.before)))...)
			if err := os.WriteFile(path, now, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			results := make(map[string]int)
			cuts := 0
			pages := w.changed()
			for _, page := range pages {
				for at := page * pageSize; at < min((page+1)*pageSize, len(w.after)); at++ {
					if now[at] == w.after[at] {
						continue // the same file as one byte before
					}
					now[at] = w.after[at]
					if page >= 2 && len(pages) > 4 && at%16 != 0 && os.Getenv("FERRY_CRASH_ALL") != "1" {
						if _, err := f.WriteAt(now[at:at+1], int64(at)); err != nil {
							t.Fatal(err)
						}
						continue
					}
					cuts++
					if _, err := f.WriteAt(now[at:at+1], int64(at)); err != nil {
						t.Fatal(err)
					}
					when := fmt.Sprintf("cut in page %d behind byte %d", page, at%pageSize)
					result := w.hold(t, path, when, true)
					results[result]++
					if page < 2 || cuts%500 == 0 { // as a pass opens it
						whole := filepath.Join(t.TempDir(), "whole.db")
						if err := os.WriteFile(whole, now, 0o600); err != nil {
							t.Fatal(err)
						}
						if again := w.hold(t, whole, when+", for writing", false); again != result {
							t.Errorf("%s: %s for reading, %s for writing", when, result, again)
						}
					}
				}
			}
			t.Logf("%d cuts: %v", cuts, results)
			if results["before"] == 0 || results["after"] == 0 || results["mixture"] > 0 {
				t.Errorf("cuts: %v", results)
			}
			if results["damaged"] > 0 {
				t.Errorf("%d cuts are taken for damage: a process that is killed costs the base", results["damaged"])
			}
		})
	}
}

// TestStoreWithPagesMissing lets every subset of the pages of the last write
// arrive on the disk, as a disk may that is lying about what is safe when the
// power goes.
func TestStoreWithPagesMissing(t *testing.T) {
	const most = 8 // pages of which every subset is tried
	for name, last := range lastWrites {
		t.Run(name, func(t *testing.T) {
			results := make(map[string]int)
			for seed := range uint64(3) {
				w := recordGroup(t, seed, last)
				pages := w.changed()
				rng := rand.New(rand.NewPCG(seed, 2))
				path := filepath.Join(t.TempDir(), "pair.db")
				for n := range 1 << min(len(pages), most) {
					subset := uint64(n)
					if len(pages) > most && n > 0 {
						subset = rng.Uint64()
					}
					if n == 1<<min(len(pages), most)-1 {
						subset = 1<<len(pages) - 1
					}
					now := append(bytes.Clone(w.before), make([]byte, max(0, len(w.after)-len(w.before)))...)
					var there []int
					for i, page := range pages {
						if subset>>i&1 == 1 {
							copy(now[page*pageSize:], w.page(w.after, page))
							there = append(there, page)
						}
					}
					if err := os.WriteFile(path, now, 0o600); err != nil {
						t.Fatal(err)
					}
					results[w.hold(t, path, fmt.Sprintf("seed %d, pages %v of %v", seed, there, pages), true)]++
				}
			}
			t.Logf("subsets: %v", results)
			if results["before"] == 0 || results["after"] < 3 || results["damaged"] == 0 {
				t.Errorf("subsets: %v, want some of each, and all that is whole", results)
			}
		})
	}
}
