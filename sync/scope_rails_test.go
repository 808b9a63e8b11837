package sync_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// engine returns an engine for several passes, as for a watched pair.
func (w *world) engine() *sync.Engine {
	return sync.New(w.sides[0], w.sides[1], w.record, w.opts)
}

// TestDeletionsInPartsKeepTheRails removes the files of a disk one by one, each with
// a pass of its own. The passes must stop where a full pass would have stopped.
func TestDeletionsInPartsKeepTheRails(t *testing.T) {
	for _, s := range bothSides {
		t.Run(s.String(), func(t *testing.T) {
			w := newWorld(t)
			w.fill(30)
			e := w.engine()
			stopped := -1
			for i := range 30 {
				file := fmt.Sprintf("d%d/f%d", i%3, i)
				w.sides[s].Remove(file)
				scope := scopeOf([]string{file})
				if s == sync.Remote {
					scope = scopeOf(nil, fmt.Sprintf("d%d", i%3))
				}
				_, err := e.SyncPaths(w.ctx(), scope)
				var unsafe *sync.UnsafeError
				if errors.As(err, &unsafe) {
					if !strings.Contains(unsafe.What, "since everything was last looked at") {
						t.Errorf("it says %q", unsafe.What)
					}
					stopped = i
					break
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if stopped != 15 { // the sixteenth of 30
				t.Errorf("stopped after %d files, want 15", stopped)
			}
			// A full pass counts the deletions of the passes before it.
			if _, err := e.Sync(w.ctx()); err == nil {
				t.Error("a pass over everything went on")
			}
		})
	}
}

// TestWhatCameBackIsNotLost checks that build results which are made and removed
// again and again do not add up.
func TestWhatCameBackIsNotLost(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	e := w.engine()
	pass := func(paths []string) {
		t.Helper()
		if _, err := e.SyncPaths(w.ctx(), scopeOf(paths)); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		var files []string
		for i := range 12 {
			files = append(files, fmt.Sprintf("d0/build%d", i))
			w.write(sync.Local, files[i], "object")
		}
		pass(files)
		for _, file := range files {
			w.sides[sync.Local].Remove(file)
		}
		pass(files)
	}
	w.wantTrees(w.tree(sync.Local))
}

// TestFullPassCountsAnew checks that deletions before a full pass do not count after
// it.
func TestFullPassCountsAnew(t *testing.T) {
	w := newWorld(t)
	w.fill(60)
	e := w.engine()
	n := 0
	remove := func() {
		t.Helper()
		var files []string
		for range 14 {
			files = append(files, fmt.Sprintf("d%d/f%d", n%3, n))
			w.sides[sync.Local].Remove(files[len(files)-1])
			n++
		}
		if _, err := e.SyncPaths(w.ctx(), scopeOf(files)); err != nil {
			t.Fatal(err)
		}
	}
	remove()
	remove()
	if _, err := e.Sync(w.ctx()); err != nil {
		t.Fatal(err)
	}
	remove()
	w.wantTrees(w.tree(sync.Local))
}

// TestEmptiedRootStopsAPart reports one file as gone when nothing at all is left. A
// rail must stop the pass.
func TestEmptiedRootStopsAPart(t *testing.T) {
	for _, s := range bothSides {
		for _, where := range []string{"a file in a directory", "a directory"} {
			t.Run(s.String()+": "+where, func(t *testing.T) {
				w := newWorld(t)
				w.fill(4)
				for _, d := range []string{"d0", "d1", "d2"} {
					w.sides[s].Remove(d)
				}
				scope := scopeOf([]string{"d1/f1"})
				if where == "a directory" {
					scope = scopeOf([]string{"d1"})
				}
				if s == sync.Remote {
					scope = scopeOf(nil, "d1")
				}
				before := fmt.Sprint(w.tree(s.Other()))
				_, err := w.passOver(scope)
				var unsafe *sync.UnsafeError
				if !errors.As(err, &unsafe) || !strings.Contains(unsafe.Hint, "--accept-empty") {
					t.Errorf("error %v\n%s", err, w.tail())
				}
				if fmt.Sprint(w.tree(s.Other())) != before {
					t.Errorf("something was deleted\n%s", w.tail())
				}
				w.opts.Limits.AcceptEmpty = true
				if _, err := w.passOver(scope); err != nil {
					t.Error(err)
				}
				w.wantTrees(map[string]string{})
			})
		}
	}
}

// TestRootsOfAPart checks that the rails for roots also stop a pass with a scope.
func TestRootsOfAPart(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(6)
		w.sides[s].Remove("")
		scope := scopeOf([]string{"d0/f0"}, "d0")
		var unsafe *sync.UnsafeError
		if _, err := w.passOver(scope); !errors.As(err, &unsafe) {
			t.Errorf("%s missing: %v", s, err)
		}
		w.sides[s].Mkdir("")
		w.write(s, "d0/somebody", "else's")
		if _, err := w.passOver(scope); !errors.As(err, &unsafe) {
			t.Errorf("%s another: %v\n%s", s, err, w.tail())
		}
		if len(w.tree(s.Other())) != 9 {
			t.Errorf("%s: %v is left of the other side", s, w.tree(s.Other()))
		}
	}
}

// TestDoubtsInAPart checks the rules for unknown paths in a pass with a scope.
func TestDoubtsInAPart(t *testing.T) {
	L, R := sync.Local, sync.Remote
	start := func(t *testing.T) *world {
		w := newWorld(t)
		w.fill(9)
		return w
	}
	t.Run("a name that the listing left out is asked for", func(t *testing.T) {
		w := start(t)
		w.sides[R].AlterListing = func(dir manifest.Path, names []string) []string {
			if dir == "d0" {
				return names[1:]
			}
			return names
		}
		if sum := w.part(nil, "d0"); sum.Problems == 0 || did(sum) > 0 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
	})
	t.Run("a polled directory that cannot be read", func(t *testing.T) {
		w := start(t)
		w.sides[R].Deny("d0", "550 Permission denied")
		w.sides[L].Remove("d0/f0")
		if sum := w.part([]string{"d0/f0"}, "d0"); sum.Problems != 1 || did(sum) > 0 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
	})
	t.Run("a directory that is gone on one side and cannot be read on the other", func(t *testing.T) {
		w := start(t)
		w.sides[R].Deny("d0", "550 Permission denied")
		w.sides[L].Remove("d0")
		sum := w.part([]string{"d0"})
		if sum.DeletedRemote > 0 || sum.Problems == 0 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
	})
	t.Run("two names that are one", func(t *testing.T) {
		w := start(t)
		w.write(L, "d0/\u00e9", "one")
		w.write(L, "d0/e\u0301", "other")
		if sum := w.part([]string{"d0/\u00e9"}); sum.Problems != 1 || did(sum) > 0 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
	})
	t.Run("a directory that holds what is ignored comes back", func(t *testing.T) {
		w := start(t)
		w.opts.Ignore = func(p manifest.Path, _ bool) bool { return strings.HasSuffix(string(p), ".log") }
		w.write(R, "d0/x.log", "kept")
		w.sides[L].Remove("d0")
		w.part([]string{"d0"})
		if w.tree(R)["d0/x.log"] != "kept" || w.tree(L)["d0"] != "/" {
			t.Errorf("local %v, remote %v", w.tree(L), w.tree(R))
		}
	})
	t.Run("what is newly ignored is forgotten", func(t *testing.T) {
		w := start(t)
		w.opts.Ignore = func(p manifest.Path, _ bool) bool { return p.Within("d0") }
		before := fmt.Sprint(w.tree(L), w.tree(R))
		w.part([]string{"d0/f0"})
		if _, based := w.record.At("d0/f3"); based || fmt.Sprint(w.tree(L), w.tree(R)) != before {
			t.Errorf("in the base: %v\n%s", based, w.tail())
		}
	})
	t.Run("a copy gets a name that is free where nobody had looked", func(t *testing.T) {
		conflict := func() (w *world, copied string) {
			w = start(t)
			w.write(L, "d0/f0", "local two")
			w.write(R, "d0/f0", "remote two")
			return w, ""
		}
		w, _ := conflict()
		w.part([]string{"d0/f0"})
		name := ""
		for p := range w.tree(R) {
			if strings.Contains(p, "conflict") {
				name = p
			}
		}
		for _, s := range bothSides {
			w, _ := conflict()
			w.write(s, name, "somebody's own")
			w.part([]string{"d0/f0"})
			if got := w.tree(s)[name]; got != "somebody's own" {
				t.Errorf("%s: %s is %q", s, name, got)
			}
			w.sync()
			w.wantTrees(w.tree(L))
		}
	})
}

// TestRefusedMoveInAPart checks that what the server refuses to rename is
// transferred.
func TestRefusedMoveInAPart(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "old/a", "alpha")
	w.write(sync.Local, "old/b", "beta")
	w.write(sync.Local, "other", "c")
	w.sync()
	w.sides[sync.Local].Rename("old", "new")
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if op == "rename" && p == "new" {
			return errors.New("550 directories are not renamed here")
		}
		return nil
	}
	if sum := w.part([]string{"old", "new"}); sum.Moved != 0 || sum.Uploaded != 2 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	w.wantTrees(map[string]string{"new": "/", "new/a": "alpha", "new/b": "beta", "other": "c"})
	w.wantQuiet()
}

// TestDryPart checks that a dry run with a scope makes a plan and changes nothing.
func TestDryPart(t *testing.T) {
	w := newWorld(t)
	w.fill(6)
	w.write(sync.Local, "d0/new", "n")
	w.opts.DryRun = true
	before := fmt.Sprint(w.tree(0), w.tree(1), w.record.Memory)
	var planned int
	w.opts.Observer = func(ev sync.Event) {
		if ev, is := ev.(sync.Planned); is {
			planned = ev.Plan.Actions.Len()
		}
	}
	w.part([]string{"d0/new"})
	if planned != 1 || fmt.Sprint(w.tree(0), w.tree(1), w.record.Memory) != before {
		t.Errorf("%d actions\n%s", planned, w.tail())
	}
}

// TestEmptyScope checks that an empty scope does not mean everything.
func TestEmptyScope(t *testing.T) {
	w := newWorld(t)
	w.fill(6)
	w.write(sync.Local, "d0/new", "n")
	listed := w.listings()
	ended := 0
	w.opts.Observer = func(ev sync.Event) {
		if _, is := ev.(sync.Ended); is {
			ended++
		}
	}
	if sum := w.part(nil); did(sum) > 0 || len(*listed) > 0 || ended != 1 {
		t.Errorf("%+v, listed %q, ended %d times", sum, *listed, ended)
	}
}

// TestRenamesInAPartWithoutIdentities shows the old name of one file and the new name
// of another, of the same size and time, on a server without identities. Only a full
// listing can tell that no other file has that size and time.
func TestRenamesInAPartWithoutIdentities(t *testing.T) {
	w := newWorld(t)
	remote := w.sides[sync.Remote]
	remote.NoIDs, remote.Precision = true, manifest.Second
	old := time.Date(2025, 1, 1, 10, 0, 0, 0, time.UTC)
	remote.Write("d/a", "alpha", old)
	remote.Write("e/other", "something", old)
	w.sync()
	remote.Rename("d/a", "e/z")
	remote.Write("d/b", "omega", old)
	if sum := w.part(nil, "d"); sum.Moved != 0 || sum.Downloaded != 1 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	w.sync()
	w.wantTrees(map[string]string{"d": "/", "d/b": "omega", "e": "/", "e/z": "alpha", "e/other": "something"})
}

// TestHalvesOfManyRenames reports only the old names of many renames. These are more
// deletions than the rails allow, and the full pass finds the new names.
func TestHalvesOfManyRenames(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "keep/file", "kept")
	w.fill(60)
	w.sides[sync.Local].Rename("d0", "keep/new0")
	w.sides[sync.Local].Rename("d1", "keep/new1")
	if sum := w.part([]string{"d0", "d1"}); sum.Moved != 2 || sum.DeletedRemote+sum.Uploaded > 0 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
}
