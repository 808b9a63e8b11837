package sync_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
)

// TestRefusedPlanChangesNothing checks that a refused plan ends the pass with the
// error of Allow and changes neither the sides nor the base.
func TestRefusedPlanChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "up", "1")
	w.write(sync.Remote, "down", "2")
	veto := errors.New("not now")
	w.opts.Allow = func(context.Context, *sync.Plan) error { return veto }
	before := [2]map[string]bool{w.everywhere(sync.Local), w.everywhere(sync.Remote)}
	if _, err := w.pass(); !errors.Is(err, veto) {
		t.Fatalf("error %v, want the veto", err)
	}
	after := [2]map[string]bool{w.everywhere(sync.Local), w.everywhere(sync.Remote)}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the sides changed (-before +after):\n%s", diff)
	}
	if len(w.record.Memory) > 0 {
		t.Errorf("recorded: %v", w.record.Memory)
	}
	w.opts.Allow = nil
	w.sync()
	w.wantTrees(map[string]string{"up": "1", "down": "2"})
}

// TestAllowIsAskedOnlyBeforeChanges checks that Allow is not called in a dry run,
// for a plan that changes only the base, or for a plan that a rail stops.
func TestAllowIsAskedOnlyBeforeChanges(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "equal", "1")
	w.write(sync.Remote, "equal", "1")
	var asked [][]manifest.Path
	w.opts.Allow = func(_ context.Context, plan *sync.Plan) error {
		var paths []manifest.Path
		for _, a := range plan.Actions.All() {
			paths = append(paths, a.Path)
		}
		asked = append(asked, paths)
		return nil
	}
	w.sync() // adopts
	w.write(sync.Local, "new", "2")
	w.opts.DryRun = true
	w.sync()
	w.opts.DryRun = false
	if len(asked) > 0 {
		t.Errorf("asked for %v", asked)
	}
	w.sync()
	w.wantQuiet()
	if want := [][]manifest.Path{{"new"}}; !slices.EqualFunc(asked, want, slices.Equal) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
	asked = nil
	w.sides[sync.Local].Remove("new")
	w.sides[sync.Local].Remove("equal")
	var unsafe *sync.UnsafeError
	if _, err := w.pass(); !errors.As(err, &unsafe) || len(asked) > 0 {
		t.Errorf("error %v, asked for %v", err, asked)
	}
}
