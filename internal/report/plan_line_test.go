package report

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
)

// The lines of a plan are in the order of paths; those of one path are first conflicts, then
// actions as they are carried out, then what is left alone.
func TestPlanLinesAreInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := func() manifest.Path {
			return rapid.SampledFrom([]manifest.Path{"a", "a/b", "a b", "c", "c/d/e", "z"}).Draw(t, "path")
		}
		var plan sync.Plan
		var want []planLine
		add := func(l planLine) { want = append(want, l) }
		conflicts := make(map[manifest.Path]bool)
		for i := range rapid.IntRange(0, 3).Draw(t, "conflicts") {
			c := sync.Conflict{Path: path(), Skipped: true, Why: fmt.Sprint(i)}
			plan.Conflicts = append(plan.Conflicts, c)
			conflicts[c.Path] = true
			add(conflictLine(c))
		}
		var actions []sync.Action
		for i := range rapid.IntRange(0, 6).Draw(t, "actions") {
			a := sync.Action{Op: rapid.SampledFrom([]sync.Op{sync.Upload, sync.Delete, sync.Forget, sync.Adopt}).Draw(t, "op"), Path: path(), Size: int64(i)}
			actions = append(actions, a)
			if !conflicts[a.Path] && a.Op != sync.Forget {
				add(actionLine(&a))
			}
		}
		plan.Actions = sync.ActionsOf(actions...)
		for i := range rapid.IntRange(0, 3).Draw(t, "skips") {
			s := sync.Skip{Path: path(), Why: fmt.Sprint(i)}
			plan.Skips = append(plan.Skips, s)
			add(skipLine(s))
		}
		for range rapid.IntRange(0, 2).Draw(t, "left out") {
			plan.LeftOut = append(plan.LeftOut, path())
		}
		for _, p := range plan.LeftOut {
			add(leftOutLine(p))
		}
		slices.SortStableFunc(want, func(a, b planLine) int { return a.order.Compare(b.order) })
		lines := planLines(&plan, nil, true)
		for range 2 { // they are asked for twice: for their width, and to be printed
			if got := slices.Collect(lines); !slices.Equal(got, want) {
				t.Fatalf("%+v\nwant\n%+v", got, want)
			}
		}
		for i, a := range plan.Actions.All() {
			if *a != actions[i] {
				t.Fatalf("printing moved action %d of the plan", i)
			}
		}
	})
}
