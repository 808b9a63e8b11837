package sync_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/filter"
	"ferry/sync/replicatest"
)

// only restricts the next passes to paths; none: they are whole again.
func (w *world) only(paths ...manifest.Path) { w.opts.Only = filter.NewOnly(paths) }

// TestPartIsNoFirstPass checks that a whole pass after one over a part has all the rails of
// a first pass.
func TestPartIsNoFirstPass(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "css/a", "a")
	w.write(sync.Remote, "css/theirs", "t")
	w.write(sync.Remote, "extra", "e")
	w.opts.Policy.Direction = sync.Push
	w.only("css")
	w.sync()
	w.only()
	w.opts.Policy.Exact = true
	var unsafe *sync.UnsafeError
	if sum, err := w.pass(); !errors.As(err, &unsafe) || sum.DeletedRemote > 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	w.opts.Policy.Exact = false
	w.sync()
	w.opts.Policy.Exact = true
	if sum := w.sync(); sum.DeletedRemote != 2 {
		t.Errorf("%+v", sum)
	}
}

// TestRailsOfAPart checks that a part may go where the whole side is there, and that an
// empty side stops a pass over a part as well.
func TestRailsOfAPart(t *testing.T) {
	var unsafe *sync.UnsafeError
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(30)
		w.sides[s].Remove("d0")
		w.only("d0")
		if sum := w.sync(); sum.DeletedLocal+sum.DeletedRemote == 0 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
		w.only("d1")
		for _, dir := range []string{"d1", "d2"} {
			w.sides[s].Remove(dir)
		}
		for _, p := range w.sides[s].List() {
			w.sides[s].Remove(strings.TrimSuffix(p, "/"))
		}
		if sum, err := w.pass(); !errors.As(err, &unsafe) || sum.DeletedLocal+sum.DeletedRemote > 0 {
			t.Errorf("%+v, %v\n%s", sum, err, w.tail())
		}
	}
}

// TestPartKeepsOtherWaits checks that a conflict elsewhere goes on waiting.
func TestPartKeepsOtherWaits(t *testing.T) {
	w := newWorld(t)
	w.opts.Waiting = sync.NewWaiting(nil)
	w.fill(6)
	w.write(sync.Local, "d0/f0", "here")
	w.write(sync.Remote, "d0/f0", "there")
	w.sync()
	w.only("d1")
	if sum := w.sync(); sum.ConflictsWaiting != 1 {
		t.Errorf("%+v", sum)
	}
}

func TestNothingThere(t *testing.T) {
	w := newWorld(t)
	w.fill(6)
	w.write(sync.Local, "d0/f0", "changed")
	w.only("d0", "d0x")
	var nowhere *sync.NothingThereError
	if sum, err := w.pass(); !errors.As(err, &nowhere) || nowhere.Path != "d0x" || sum.Uploaded > 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// TestFileInTheWay checks that a file is not replaced by a directory that only leads to
// what was asked for.
func TestFileInTheWay(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.write(s, "a", "a file")
		w.write(s.Other(), "a/b/c", "c")
		w.write(s.Other(), "a/other", "other")
		w.only("a/b")
		sum := w.sync()
		if got, _ := w.sides[s].Read("a"); got != "a file" || sum.Skipped != 1 || sum.Uploaded+sum.Downloaded > 0 {
			t.Errorf("%s: %q, %+v\n%s", s, got, sum, w.tail())
		}
	}
}

// TestDirectoryAboveAPart checks that a directory which only leads to a part is not
// renamed: that would carry away what nobody asked for.
func TestDirectoryAboveAPart(t *testing.T) {
	for _, asked := range [][]manifest.Path{{"a/b", "z/b"}, {"a/b", "z"}, {"a", "z/b"}} {
		for _, s := range bothSides {
			w := newWorld(t)
			w.write(sync.Local, "a/b/f", "f")
			w.write(sync.Local, "a/b/g", "g")
			w.write(sync.Local, "a/other/h", "h")
			w.sync()
			w.sides[s].Rename("a", "z")
			w.only(asked...)
			w.sync()
			there := w.tree(s.Other())
			_, based := w.record.At("a/other/h")
			if in := filter.NewOnly(asked).Includes("a/other/h"); !in && (there["a/other/h"] != "h" || !based) {
				t.Errorf("%s, only %s: %v\n%s", s, asked, there, w.tail())
			}
			if there["z/b/f"] != "f" || there["a/b/f"] != "" {
				t.Errorf("%s, only %s: %v\n%s", s, asked, there, w.tail())
			}
			w.only()
			w.sync()
			w.wantTrees(w.tree(s))
		}
	}
}

// TestBounds checks that a file outside the limits stays as it is on both sides, and that
// nothing is deleted because of it.
func TestBounds(t *testing.T) {
	large := strings.Repeat("large", 10)
	for name, c := range map[string]struct {
		change  func(w *world, s sync.Side)
		carried bool // in spite of the limit
	}{
		"new":                     {func(w *world, s sync.Side) { w.write(s, "n", large) }, false},
		"grown":                   {func(w *world, s sync.Side) { w.write(s, "d0/f0", large) }, false},
		"a small one":             {func(w *world, s sync.Side) { w.write(s, "d0/f0", "small") }, true},
		"shrunk":                  {func(w *world, s sync.Side) { w.write(s, "big", "small") }, false},
		"deleted":                 {func(w *world, s sync.Side) { w.sides[s].Remove("big") }, false},
		"renamed":                 {func(w *world, s sync.Side) { w.sides[s].Rename("big", "bigger") }, false},
		"a directory replaces":    {func(w *world, s sync.Side) { w.sides[s].Remove("big"); w.write(s, "big/x", "x") }, false},
		"it replaces a directory": {func(w *world, s sync.Side) { w.sides[s].Remove("d1"); w.write(s, "d1", large) }, false},
	} {
		for _, s := range bothSides {
			w := newWorld(t)
			w.write(sync.Local, "big", large)
			w.fill(6)
			c.change(w, s)
			there := w.tree(s.Other())
			w.opts.Policy.Bounds.MaxSize = 20
			w.sync()
			w.sync()
			now := w.tree(s.Other())
			if carried := len(now) != len(there) || now["d0/f0"] != there["d0/f0"] || now["big"] != there["big"]; carried != c.carried {
				t.Errorf("%s, %s: carried over: %v\n%s", name, s, carried, w.tail())
			}
			w.opts.Policy.Bounds.MaxSize = 0
			w.sync()
			w.sync()
			w.wantTrees(w.tree(s))
		}
	}
}

// TestMinAge checks that a young version waits, that its wait ends, and that the age of
// what did not change plays no part.
func TestMinAge(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(6)
		w.opts.Now = w.now
		w.opts.Policy.Bounds.MinAge = time.Hour
		w.write(s, "d0/f0", "young")
		w.sides[s].Remove("d1/f1") // the other side's is young, and nobody changed it
		var until time.Time
		w.opts.Observer = func(ev sync.Event) {
			w.observe(ev)
			if planned, is := ev.(sync.Planned); is {
				for _, skip := range planned.Plan.Skips {
					until = skip.Until
				}
			}
		}
		sum := w.sync()
		if got, _ := w.sides[s.Other()].Read("d0/f0"); got == "young" || sum.Skipped != 1 || sum.DeletedLocal+sum.DeletedRemote != 1 {
			t.Errorf("%s: %q, %+v\n%s", s, got, sum, w.tail())
		}
		if wait := until.Sub(w.now()); wait < 59*time.Minute || wait > time.Hour {
			t.Errorf("it waits for %s", wait)
		}
		w.clock = until
		w.sync()
		w.wantTrees(w.tree(s))
	}
}

// TestPartIsNoFirstPassOfUnknownRoots checks that an exact pass after a whole one is no
// first one where no side tells the identity of its root.
func TestPartIsNoFirstPassOfUnknownRoots(t *testing.T) {
	w := newWorld(t)
	w.fill(6)
	w.record.local, w.record.remote = "", ""
	w.write(sync.Remote, "extra", "theirs")
	w.opts.Policy.Direction, w.opts.Policy.Exact = sync.Push, true
	w.opts.DryRun = true
	w.only("d0")
	w.sync()
	w.only()
	w.opts.DryRun = false
	if sum := w.sync(); sum.DeletedRemote != 1 {
		t.Errorf("%+v", sum)
	}
}

// TestPartOfAnotherRoot checks that a part which is missing in another root than before is
// not deleted, although it is only a little of the whole.
func TestPartOfAnotherRoot(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(30)
		w.write(s, "small/f", "f")
		w.sync()
		another := replicatest.NewMemory()
		another.Clock, another.Server = w.now, s == sync.Remote
		another.Write("something", "else", w.now())
		w.sides[s] = another
		w.record.local, w.record.remote = "old", "old"
		w.only("small")
		var unsafe *sync.UnsafeError
		if sum, err := w.pass(); !errors.As(err, &unsafe) || sum.DeletedLocal+sum.DeletedRemote > 0 {
			t.Errorf("%s: %+v, %v\n%s", s, sum, err, w.tail())
		}
	}
}

// TestSecondHalfOfAPart checks that a pass ends well after its first half has taken away
// a path that was asked for.
func TestSecondHalfOfAPart(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "a", "alpha")
	w.write(sync.Local, "b", "beta")
	w.sync()
	w.sides[sync.Local].Rename("a", "a2")
	w.sides[sync.Local].Rename("b", "b2")
	refused := false
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if op == "rename" && p == "b2" && !refused {
			refused = true
			return errors.New("550 files are not renamed here")
		}
		return nil
	}
	w.only("a", "a2", "b", "b2")
	if sum := w.sync(); sum.Moved != 1 || sum.Uploaded != 1 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	w.wantTrees(w.tree(sync.Local))
}

// TestNothingLeftOutElsewhere checks that a pass over a part names what never travels
// there, and nothing elsewhere.
func TestNothingLeftOutElsewhere(t *testing.T) {
	w := newWorld(t)
	own := func(p manifest.Path) bool { return p.Base() == "ferry.yaml" }
	w.opts.Ignore, w.opts.LeftOut = func(p manifest.Path, _ bool) bool { return own(p) }, own
	for _, p := range []string{"ferry.yaml", "css/ferry.yaml", "css/a"} {
		w.write(sync.Local, p, p)
	}
	w.only("css")
	if sum := w.sync(); sum.LeftOut != 1 {
		t.Errorf("%+v", sum)
	}
}
