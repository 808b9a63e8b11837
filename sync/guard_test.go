package sync_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

func (w *world) fill(n int) {
	for i := range n {
		w.write(sync.Local, fmt.Sprintf("d%d/f%d", i%3, i), fmt.Sprint(i))
	}
	w.sync()
}

// wantUnsafe makes a pass that a rail must stop before it changes anything, and
// returns its error.
func (w *world) wantUnsafe() *sync.UnsafeError {
	w.t.Helper()
	before := [2]string{fmt.Sprint(w.tree(0)), fmt.Sprint(w.tree(1))}
	_, err := w.pass()
	var unsafe *sync.UnsafeError
	if !errors.As(err, &unsafe) {
		w.t.Fatalf("pass: %v, want an UnsafeError\n%s", err, w.tail())
	}
	if after := [2]string{fmt.Sprint(w.tree(0)), fmt.Sprint(w.tree(1))}; after != before {
		w.t.Errorf("a refused pass changed something:\n%s", w.tail())
	}
	return unsafe
}

func TestEmptiedSideStopsThePass(t *testing.T) {
	for _, s := range []sync.Side{sync.Local, sync.Remote} {
		w := newWorld(t)
		w.fill(4)
		for _, d := range []string{"d0", "d1", "d2"} {
			w.sides[s].Remove(d)
		}
		if err := w.wantUnsafe(); !strings.Contains(err.Hint, "--accept-empty") {
			t.Errorf("hint %q", err.Hint)
		}
		w.opts.Limits.AcceptEmpty = true
		w.sync()
		w.wantTrees(map[string]string{})
	}
}

func TestTooManyDeletionsStopThePass(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sides[sync.Local].Remove("d0")
	w.sides[sync.Local].Remove("d1")
	if err := w.wantUnsafe(); !strings.Contains(err.Hint, "--allow-deletes") {
		t.Errorf("hint %q", err.Hint)
	}
	w.opts.Limits.AllowDeletes = true
	if sum := w.sync(); sum.DeletedRemote != 22 {
		t.Errorf("%+v", sum)
	}
}

func TestMovedFilesAreNoDeletions(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	for d := range 3 {
		w.sides[sync.Local].Rename(fmt.Sprint("d", d), fmt.Sprint("renamed", d))
	}
	if sum := w.sync(); sum.Moved != 3 {
		t.Errorf("%+v", sum)
	}
}

func TestLimitsOnDeletions(t *testing.T) {
	for _, c := range []struct {
		limits         sync.Limits
		deletes, files int
		stops          bool
	}{
		{sync.NewLimits(), 10, 10, false},
		{sync.NewLimits(), 11, 22, false},
		{sync.NewLimits(), 12, 23, true},
		{sync.NewLimits(), 500, 1000, false},
		{sync.NewLimits(), 501, 1000, true},
		{sync.Limits{MaxDeletes: 5, MaxDeletePercent: -1}, 5, 6, false},
		{sync.Limits{MaxDeletes: 5, MaxDeletePercent: -1}, 6, 1000, true},
		{sync.Limits{MaxDeletes: 0, MaxDeletePercent: -1}, 1, 1000, true},
		{sync.Limits{MaxDeletes: -1, MaxDeletePercent: 10}, 1, 10, false},
		{sync.Limits{MaxDeletes: -1, MaxDeletePercent: 10}, 2, 10, true},
		{sync.Limits{MaxDeletes: -1, MaxDeletePercent: -1}, 1000, 1000, false},
		{sync.Limits{MaxDeletes: 0, MaxDeletePercent: -1, AllowDeletes: true}, 9, 9, false},
	} {
		plan := &sync.Plan{}
		for i := range c.deletes {
			plan.Actions.Add(-1, sync.Action{Op: sync.Delete, Side: sync.Remote, Path: manifest.Path(fmt.Sprint(i))})
		}
		var b manifest.Builder
		b.Add("x", manifest.Entry{Kind: manifest.File})
		tree := b.Tree()
		if err := plan.Check(c.limits, c.files, tree, tree); (err != nil) != c.stops {
			t.Errorf("%+v, %d of %d: %v", c.limits, c.deletes, c.files, err)
		}
	}
}

func TestRoots(t *testing.T) {
	t.Run("a missing side is made on the first pass", func(t *testing.T) {
		w := newWorld(t)
		w.write(sync.Local, "a", "1")
		w.sides[sync.Remote].Remove("")
		w.sync()
		w.wantTrees(map[string]string{"a": "1"})
	})
	t.Run("both missing is an error", func(t *testing.T) {
		w := newWorld(t)
		w.sides[0].Remove("")
		w.sides[1].Remove("")
		if _, err := w.pass(); err == nil || !strings.Contains(err.Error(), "neither") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a missing source of a push is an error", func(t *testing.T) {
		w := newWorld(t)
		w.opts.Policy.Direction = sync.Push
		w.sides[sync.Local].Remove("")
		if _, err := w.pass(); err == nil {
			t.Error("no error")
		}
	})
	for _, s := range []sync.Side{sync.Local, sync.Remote} {
		t.Run("a root that is gone stops the pass: "+s.String(), func(t *testing.T) {
			w := newWorld(t)
			w.fill(4)
			w.sides[s].Remove("")
			if err := w.wantUnsafe(); !strings.Contains(err.Hint, "--accept-empty") || !strings.Contains(err.Hint, "deletes") {
				t.Errorf("hint %q does not say what --accept-empty does here", err.Hint)
			}
			w.opts.Policy.Direction = sync.Push
			w.wantUnsafe()
		})
		t.Run("another directory in its place stops the pass: "+s.String(), func(t *testing.T) {
			w := newWorld(t)
			w.fill(6)
			w.sides[s].Remove("")
			w.sides[s].Mkdir("")
			w.write(s, "somebody", "else's")
			w.wantUnsafe()
			w.opts.Limits.AllowDeletes = true
			w.sync()
		})
	}
}

// TestAnotherCheckout makes the local root anew with the content that it had, but for a
// part of the files.
func TestAnotherCheckout(t *testing.T) {
	for _, c := range []struct {
		name         string
		named        bool
		keep, change int // of 8 files
		safe         bool
	}{
		{"a quarter is gone", false, 6, 0, true},
		{"half is gone", false, 4, 0, false},
		{"half is gone, and the root has a name", true, 4, 0, true},
		{"more than half is gone", true, 3, 0, false},
		{"half is gone, and a file of the rest has changed", true, 4, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			for i := range 8 {
				w.write(sync.Local, fmt.Sprint("f", i), fmt.Sprint("content ", i))
			}
			w.sync()
			w.opts.NamedRoot = c.named
			w.sides[sync.Local].Remove("")
			w.sides[sync.Local].Mkdir("")
			for i := range c.keep {
				text := fmt.Sprint("content ", i)
				if i < c.change {
					text = fmt.Sprint("CONTENT ", i)
				}
				w.write(sync.Local, fmt.Sprint("f", i), text)
			}
			if !c.safe {
				w.wantUnsafe()
				return
			}
			sum := w.sync()
			if sum.DeletedRemote != 8-c.keep || sum.Uploaded+sum.Downloaded+sum.Conflicts > 0 {
				t.Errorf("%+v\n%s", sum, w.tail())
			}
		})
	}
}

// TestListingThatLiesForgetsNothing removes a name on one side while the other side's
// listing leaves it out although it exists. It must be removed once the listing is
// right again, and must not come back as a new file.
func TestListingThatLiesForgetsNothing(t *testing.T) {
	for _, liar := range bothSides {
		t.Run(liar.String(), func(t *testing.T) {
			w := newWorld(t)
			w.fill(9)
			w.sides[liar.Other()].Remove("d0/f0")
			w.sides[liar].AlterListing = func(dir manifest.Path, names []string) []string {
				if dir == "d0" {
					return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "f0" })
				}
				return names
			}
			if sum := w.sync(); sum.Problems == 0 {
				t.Errorf("%+v\n%s", sum, w.tail())
			}
			w.sides[liar].AlterListing = nil
			if sum := w.sync(); sum.DeletedLocal+sum.DeletedRemote != 1 || sum.Uploaded+sum.Downloaded > 0 {
				t.Errorf("%+v\n%s", sum, w.tail())
			}
		})
	}
}

// TestListingThatLies checks that nothing at all is deleted if a listing leaves out
// a name that exists.
func TestListingThatLies(t *testing.T) {
	w := newWorld(t)
	w.fill(9)
	w.sides[sync.Remote].Remove("d1/f1")
	w.sides[sync.Remote].AlterListing = func(dir manifest.Path, names []string) []string {
		if dir == "d0" {
			return names[1:]
		}
		return names
	}
	sum := w.sync()
	if sum.DeletedLocal != 0 || sum.Problems == 0 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	w.sides[sync.Remote].AlterListing = nil
	if sum := w.sync(); sum.DeletedLocal != 1 {
		t.Errorf("%+v", sum)
	}
}

func TestUnreadableDirectoryDeletesNothing(t *testing.T) {
	w := newWorld(t)
	w.fill(9)
	w.sides[sync.Remote].Deny("d0", "550 Permission denied")
	w.write(sync.Local, "d1/new", "n")
	sum := w.sync()
	if sum.Problems != 1 || sum.Uploaded != 1 || sum.DeletedLocal+sum.DeletedRemote != 0 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	if n := len(w.tree(sync.Local)); n != 13 {
		t.Errorf("%d local entries", n)
	}
}

func TestRefusedStepsFailAlone(t *testing.T) {
	w := newWorld(t)
	w.fill(6)
	for _, p := range []string{"d0/f0", "d1/f1"} {
		w.sides[sync.Local].Remove(p)
	}
	w.write(sync.Local, "d2/f2", "changed")
	w.write(sync.Local, "d2/new", "n")
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if p == "d0/f0" && (op == "trash" || op == "unlink") || p == "d2/f2" && op == "rename" {
			return errors.New("550 refused")
		}
		return nil
	}
	sum, err := w.pass()
	if err != nil || sum.Failed != 2 || sum.DeletedRemote != 1 || sum.Uploaded != 1 {
		t.Errorf("%+v, %v\n%s", sum, err, w.tail())
	}
	w.sides[sync.Remote].OnIO = nil
	if sum := w.sync(); sum.DeletedRemote != 1 || sum.Uploaded != 1 {
		t.Errorf("%+v", sum)
	}
	w.wantTrees(w.tree(sync.Local))
	w.wantQuiet()
}

func TestNoSpaceStopsUploadsOnly(t *testing.T) {
	w := newWorld(t)
	w.fill(6)
	for i := range 5 {
		w.write(sync.Local, fmt.Sprint("up", i), "content")
		w.write(sync.Remote, fmt.Sprint("down", i), "content")
	}
	w.sides[sync.Local].Remove("d0/f0")
	tries := 0
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if op == "write" {
			tries++
			return fmt.Errorf("452 %w", sync.ErrFull)
		}
		return nil
	}
	sum, err := w.pass()
	if err != nil || sum.Downloaded != 5 || sum.DeletedRemote != 1 || sum.Failed != 5 {
		t.Errorf("%+v, %v\n%s", sum, err, w.tail())
	}
	if tries == 5 {
		t.Errorf("every upload was tried although the side was full")
	}
}

// TestWhatFitsIsTaken checks that a file for which there is no room does not keep
// out smaller ones.
func TestWhatFitsIsTaken(t *testing.T) {
	w := newWorld(t)
	w.fill(2)
	w.opts.Workers = 1
	w.write(sync.Local, "a", strings.Repeat("large", 1000))
	w.write(sync.Local, "b", strings.Repeat("large too", 1000))
	w.write(sync.Local, "c", "small")
	tries := 0
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if op == "write" && p != "c" {
			tries++
			return fmt.Errorf("452 %w", sync.ErrFull)
		}
		return nil
	}
	sum, err := w.pass()
	if err != nil || sum.Uploaded != 1 || sum.Failed != 2 || tries != 1 {
		t.Errorf("%d tries, %+v, %v\n%s", tries, sum, err, w.tail())
	}
}

func TestCancelledPassChangesNothingMore(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.write(sync.Local, fmt.Sprint("f", i), "content")
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("interrupted")
	writes, after := 0, 0
	w.sides[sync.Remote].OnIO = func(op string, p manifest.Path) error {
		if ctx.Err() != nil && op != "unlink" {
			after++
		}
		if op == "rename" {
			if writes++; writes == 3 {
				cancel(stop)
			}
		}
		return nil
	}
	_, err := sync.New(w.sides[0], w.sides[1], w.record, w.opts).Sync(ctx)
	if !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
	if after > 0 {
		t.Errorf("%d operations after the cancellation\n%s", after, w.tail())
	}
	w.sides[sync.Remote].OnIO = nil
	w.sync()
	w.wantTrees(w.tree(sync.Local))
	w.wantQuiet()
}
