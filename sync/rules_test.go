package sync_test

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

var bothSides = []sync.Side{sync.Local, sync.Remote}

// trashed returns the contents in the trash of a side.
func (w *world) trashed(s sync.Side) []string {
	var all []string
	for _, p := range w.sides[s].List() {
		if content, ok := w.sides[s].Read(p); ok && strings.HasPrefix(p, manifest.Own+"/trash/") {
			all = append(all, content)
		}
	}
	slices.Sort(all)
	return all
}

func TestReplacedAndDeletedGoToTheTrash(t *testing.T) {
	for _, s := range bothSides {
		for _, kept := range []bool{true, false} {
			t.Run(fmt.Sprint(s, kept), func(t *testing.T) {
				w := newWorld(t)
				w.opts.Policy.Trash = [2]bool{kept, kept}
				w.write(s, "edited", "first")
				w.write(s, "deleted", "gone")
				w.sync()
				w.write(s, "edited", "second")
				w.sides[s].Remove("deleted")
				w.sync()
				var want []string
				if kept {
					want = []string{"first", "gone"}
				}
				if got := w.trashed(s.Other()); !slices.Equal(got, want) {
					t.Errorf("in the trash of the other side: %q, want %q", got, want)
				}
				if got := w.trashed(s); got != nil {
					t.Errorf("in the trash of the side where the user did it: %q", got)
				}
			})
		}
	}
}

// TestLoserOfARuleIsKept checks that a version which loses by a rule goes to the
// trash even if the trash is off.
func TestLoserOfARuleIsKept(t *testing.T) {
	for rule, winner := range map[sync.ConflictRule]sync.Side{sync.LocalWins: sync.Local, sync.RemoteWins: sync.Remote, sync.NewerWins: sync.Remote} {
		t.Run(rule.String(), func(t *testing.T) {
			w := newWorld(t)
			w.opts.Policy.Trash = [2]bool{}
			w.opts.Policy.Conflict = rule
			w.write(sync.Local, "a", "first")
			w.sync()
			w.write(sync.Local, "a", "by local")
			w.write(sync.Remote, "a", "by remote")
			w.sync()
			w.wantTrees(map[string]string{"a": "by " + winner.String()})
			if got, want := w.trashed(winner.Other()), []string{"by " + winner.Other().String()}; !slices.Equal(got, want) {
				t.Errorf("in the trash of the loser: %q, want %q", got, want)
			}
		})
	}
}

// TestConflictCopyReplacesNothing checks that a conflict copy gets a name that is
// free on both sides.
func TestConflictCopyReplacesNothing(t *testing.T) {
	conflict := func(w *world) {
		w.write(sync.Local, "a", "one")
		w.sync()
		w.write(sync.Local, "a", "local two")
		w.write(sync.Remote, "a", "remote two")
	}
	w := newWorld(t)
	conflict(w)
	w.sync()
	var name string
	for p := range w.tree(sync.Local) {
		if p != "a" {
			name = p
		}
	}
	for _, s := range bothSides {
		t.Run(s.String(), func(t *testing.T) {
			w := newWorld(t)
			conflict(w)
			w.write(s, name, "somebody's own")
			w.sync()
			tree := w.tree(sync.Local)
			w.wantTrees(tree)
			if got, want := slices.Sorted(maps.Values(tree)), []string{"local two", "remote two", "somebody's own"}; !slices.Equal(got, want) || tree[name] != want[2] {
				t.Errorf("tree %q, want the contents %q, the last of them in %s", tree, want, name)
			}
			w.wantQuiet()
		})
	}
}

// TestEditWithinOneTick checks that a local edit is noticed although it changes
// neither size nor time, if the file was recorded right after its last change.
func TestEditWithinOneTick(t *testing.T) {
	w := newWorld(t)
	now := time.Date(2026, 5, 1, 12, 0, 0, 123456789, time.UTC)
	w.opts.Now = func() time.Time { return now.Add(time.Millisecond) }
	w.sides[sync.Local].Write("a", "first", now)
	w.sync()
	w.sides[sync.Local].Write("a", "other", now)
	w.sync()
	w.wantTrees(map[string]string{"a": "other"})
}

// TestNobodyCanTell checks that nothing is deleted because of a listing if the
// missing names cannot be confirmed.
func TestNobodyCanTell(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(9)
		w.sides[s].Remove("d1/f1")
		w.sides[s].OnIO = func(op string, _ manifest.Path) error {
			if op == "lookup" {
				return errors.New("450 try later")
			}
			return nil
		}
		sum, err := w.pass()
		if err != nil || sum.DeletedLocal+sum.DeletedRemote > 0 || sum.Problems == 0 {
			t.Errorf("%s: %+v, %v\n%s", s, sum, err, w.tail())
		}
		w.sides[s].OnIO = nil
		if sum := w.sync(); sum.DeletedLocal+sum.DeletedRemote != 1 {
			t.Errorf("%s: %+v", s, sum)
		}
	}
}

// TestRenameOnTheWordOfAListing makes a copy with the time of its original, while a
// listing leaves the original out. That must not look like a rename.
func TestRenameOnTheWordOfAListing(t *testing.T) {
	w := newWorld(t)
	remote := w.sides[sync.Remote]
	remote.NoIDs, remote.Precision = true, manifest.Second
	old := time.Date(2025, 1, 1, 10, 0, 0, 0, time.UTC)
	remote.Write("a", "alpha", old)
	w.sync()
	remote.Write("b", "alpha", old)
	remote.AlterListing = func(dir manifest.Path, names []string) []string {
		return slices.DeleteFunc(names, func(name string) bool { return name == "a" })
	}
	if sum := w.sync(); sum.Moved+sum.DeletedLocal != 0 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	if _, there := w.tree(sync.Local)["a"]; !there {
		t.Errorf("the original was taken away\n%s", w.tail())
	}
	remote.AlterListing = nil
	w.sync()
	w.wantTrees(map[string]string{"a": "alpha", "b": "alpha"})
}

// TestNewlyIgnoredIsForgotten checks that what is newly ignored is deleted on neither
// side, in any direction.
func TestNewlyIgnoredIsForgotten(t *testing.T) {
	for _, direction := range []sync.Direction{sync.Both, sync.Push, sync.Pull} {
		t.Run(direction.String(), func(t *testing.T) {
			w := newWorld(t)
			w.fill(6)
			for _, s := range bothSides {
				w.write(s, "d0/x.log", "same")
				w.write(s, "logs/y.log", "same")
			}
			w.sync()
			want := w.tree(sync.Local)
			w.opts.Policy.Direction = direction
			w.opts.Ignore = func(p manifest.Path, _ bool) bool { return path.Ext(string(p)) == ".log" || p == "logs" }
			for range 2 {
				if sum := w.sync(); sum.DeletedLocal+sum.DeletedRemote+sum.Uploaded+sum.Downloaded > 0 {
					t.Errorf("%+v\n%s", sum, w.tail())
				}
			}
			w.wantTrees(want)
			if _, based := w.record.At("d0/x.log"); based {
				t.Error("what is ignored is still in the base")
			}
		})
	}
}

// TestLostSideEndsThePass checks that after [sync.ErrFatal] nothing more is
// tried.
func TestLostSideEndsThePass(t *testing.T) {
	w := newWorld(t)
	for i := range 200 {
		w.write(sync.Local, fmt.Sprint("f", i), "content")
	}
	lost, after := false, 0
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if lost && op == "create" {
			after++
		}
		if op == "rename" && p == "f0" {
			lost = true
			return fmt.Errorf("%w: the server went away", sync.ErrFatal)
		}
		return nil
	}
	if _, err := w.pass(); !errors.Is(err, sync.ErrFatal) {
		t.Errorf("error %v, want ErrFatal", err)
	}
	if after > 64 { // the rest of the run that was under way
		t.Errorf("%d files were begun after the side was lost\n%s", after, w.tail())
	}
	w.sides[sync.Remote].OnIO = nil
	w.sync()
	w.wantTrees(w.tree(sync.Local))
}

// TestNeedsAFailedStep checks that no file is uploaded into a directory that could
// not be made.
func TestNeedsAFailedStep(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "d/e/f", "content")
	w.write(sync.Local, "g", "content")
	var tried []string
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if p.Below("d") && op != "look" && op != "mkdir" {
			tried = append(tried, op+" "+string(p))
		}
		if op == "mkdir" && p == "d" {
			return errors.New("550 refused")
		}
		return nil
	}
	sum, err := w.pass()
	if err != nil || sum.Uploaded != 1 || sum.Failed != 3 {
		t.Errorf("%+v, %v", sum, err)
	}
	if tried != nil {
		t.Errorf("tried %q", tried)
	}
}
