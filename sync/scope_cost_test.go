package sync_test

import (
	"fmt"
	"iter"
	"path/filepath"
	stdsync "sync"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A meter is a record that counts how much of it is read.
type meter struct {
	*manifest.Store
	mu    stdsync.Mutex
	pairs int // yielded by ranges or found by name
	all   int // walks over everything
}

func (m *meter) count(pairs iter.Seq2[manifest.Path, manifest.Pair]) iter.Seq2[manifest.Path, manifest.Pair] {
	return func(yield func(manifest.Path, manifest.Pair) bool) {
		for p, pair := range pairs {
			m.mu.Lock()
			m.pairs++
			m.mu.Unlock()
			if !yield(p, pair) {
				return
			}
		}
	}
}

func (m *meter) All() iter.Seq2[manifest.Path, manifest.Pair] {
	m.all++
	return m.count(m.Store.All())
}

func (m *meter) Below(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	if dir == manifest.Root {
		m.all++
	}
	return m.count(m.Store.Below(dir))
}

func (m *meter) Children(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return m.count(m.Store.Children(dir))
}

func (m *meter) At(p manifest.Path) (manifest.Pair, bool) {
	m.mu.Lock()
	m.pairs++
	m.mu.Unlock()
	return m.Store.At(p)
}

// large is a pair in step with 100,000 files in 5,000 directories.
func large(t *testing.T) (*world, *meter) {
	if testing.Short() {
		t.Skip("makes 100,000 files")
	}
	w := newWorld(t)
	old := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 100_000 {
		p := fmt.Sprintf("d%02d/e%02d/f%05d", i/2000, i/20%100, i)
		for _, s := range bothSides {
			w.sides[s].Write(p, "content", old)
		}
	}
	var trees [2]*manifest.Tree
	for s := range trees {
		var err error
		if trees[s], err = w.sides[s].Scan(w.ctx(), sync.Look{}); err != nil {
			t.Fatal(err)
		}
	}
	store, err := manifest.OpenStore(filepath.Join(t.TempDir(), "store"), manifest.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	sum := sumOf("content")
	for p, e := range trees[0].All() {
		pair := manifest.Pair{Local: e, Remote: trees[1].At(p)}
		if e.IsFile() {
			pair.Sum = sum
		}
		if err := store.Set(p, pair); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Flush(); err != nil {
		t.Fatal(err)
	}
	return w, &meter{Store: store}
}

// TestCostOfAPart checks what a pass over a part of a large pair lists and reads.
func TestCostOfAPart(t *testing.T) {
	w, base := large(t)
	e := sync.New(w.sides[0], w.sides[1], base, w.opts)
	pass := func(scope sync.Scope) (sync.Summary, [2]int) {
		t.Helper()
		base.pairs = 0
		listed := w.listings()
		start := time.Now()
		sum, err := e.SyncPaths(w.ctx(), scope)
		if err != nil {
			t.Fatal(err)
		}
		var n [2]int
		for _, l := range *listed {
			if l[0] == 'l' {
				n[sync.Local]++
			} else {
				n[sync.Remote]++
			}
		}
		t.Logf("%d local and %d remote directories listed, %d pairs of the base read, %v", n[0], n[1], base.pairs, time.Since(start).Round(time.Microsecond))
		if base.all > 0 {
			t.Errorf("the base was walked")
		}
		return sum, n
	}

	w.write(sync.Local, "d07/e03/f14060", "edited")
	sum, listed := pass(scopeOf([]string{"d07/e03/f14060"}))
	if sum.Uploaded != 1 || listed != [2]int{1, 1} || base.pairs > 60 {
		t.Errorf("an edited file: %+v, listed %v, %d pairs read", sum, listed, base.pairs)
	}

	w.write(sync.Remote, "d08/e00/f16000", "edited")
	sum, listed = pass(scopeOf(nil, "d08/e00", "d08/e01", "d08"))
	if sum.Downloaded != 1 || listed != [2]int{1, 3} || base.pairs > 400 {
		t.Errorf("three polled directories: %+v, listed %v, %d pairs read", sum, listed, base.pairs)
	}

	w.sides[sync.Local].Remove("d09/e09/f18180")
	sum, listed = pass(scopeOf([]string{"d09/e09/f18180"}))
	if sum.DeletedRemote != 1 || listed != [2]int{1, 1} || base.pairs > 100 {
		t.Errorf("a deleted file: %+v, listed %v, %d pairs read", sum, listed, base.pairs)
	}

	w.sides[sync.Local].Rename("d10", "moved")
	sum, listed = pass(scopeOf([]string{"d10", "moved"}))
	if sum.Moved != 1 || sum.BytesUp+sum.BytesDown > 0 || sum.DeletedRemote > 0 || listed != [2]int{102, 1} || base.pairs > 7000 {
		t.Errorf("a renamed directory of 2,000 files: %+v, listed %v, %d pairs read", sum, listed, base.pairs)
	}
	if len(w.tree(sync.Remote)) != len(w.tree(sync.Local)) {
		t.Errorf("%d remote and %d local paths", len(w.tree(sync.Remote)), len(w.tree(sync.Local)))
	}
}

// TestPartThatIsMost checks that a scope which covers most of the pair leads to a full
// pass.
func TestPartThatIsMost(t *testing.T) {
	w := newWorld(t)
	for i := range 6000 {
		for _, s := range bothSides {
			w.sides[s].Write(fmt.Sprintf("d%d/f%d", i%3, i), "x", time.Time{})
		}
	}
	w.opts.Policy.Adopt = true
	w.sync()
	listed := w.listings()
	w.part([]string{"d0"}) // a third
	if len(*listed) != 2 {
		t.Errorf("listed %q", *listed)
	}
	w.part([]string{"d0/f0", "d1/f1", "d2/f2"}, "d0", "d1", "d2")
	if last := (*listed)[len(*listed)-1]; last != "remote d2" || len(*listed) < 10 {
		t.Errorf("listed %q", *listed)
	}
}
