package sync_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/copyname"
	"ferry/sync/filter"
)

// ask draws some paths, and restricts the next passes to them.
func (m *machine) ask(t *rapid.T) *filter.Only {
	var paths []manifest.Path
	for _, p := range rapid.SliceOfNDistinct(rapid.SampledFrom(m.names), 1, 2, rapid.ID).Draw(t, "asked") {
		paths = append(paths, manifest.Path(p))
	}
	m.opts.Only = filter.NewOnly(paths)
	return m.opts.Only
}

// askThere is ask for paths that are on a side or in the base.
func (m *machine) askThere(t *rapid.T) *filter.Only {
	var there []manifest.Path
	for _, p := range m.ask(t).Paths() {
		_, based := m.record.At(p)
		if based || m.tree(sync.Local)[string(p)] != "" || m.tree(sync.Remote)[string(p)] != "" {
			there = append(there, p)
		}
	}
	if there == nil {
		t.Skip("there is nothing")
	}
	m.opts.Only = filter.NewOnly(there)
	return m.opts.Only
}

// askedFor makes a disturbed pass over a part that is drawn.
func (m *machine) askedFor(t *rapid.T, trouble trouble) {
	only := m.ask(t)
	m.logf("only %v", only.Paths())
	m.disturbed(t, nil, trouble)
	m.opts.Only = nil
}

// outside returns what is on both sides and in the base, without what was asked for,
// the directories that lead there, and copies of conflicts beside it.
func (m *machine) outside(only *filter.Only) [3]map[string]string {
	out := [3]map[string]string{{}, {}, {}}
	counts := func(p manifest.Path) bool {
		if c, is := copyname.Parse(p); is && only.Includes(c.Of) {
			return false
		}
		return !only.Includes(p) && !only.LeadsTo(p)
	}
	for _, s := range bothSides {
		for p, content := range m.tree(s) {
			if counts(manifest.Path(p)) {
				out[s][p] = content
			}
		}
	}
	for p, pair := range m.record.Memory {
		if counts(p) {
			out[2][string(p)] = fmt.Sprintf("%+v", pair)
		}
	}
	return out
}

// inside returns what side s has of the part.
func (m *machine) inside(only *filter.Only, s sync.Side) map[string]string {
	tree := m.tree(s)
	maps.DeleteFunc(tree, func(p, _ string) bool { return !only.Includes(manifest.Path(p)) })
	return tree
}

// TestPassOfChosenPaths checks that a pass over some paths brings those in step, in whatever
// way everything else differs, and leaves everything else alone: both sides and the base.
// Whole passes afterwards find both sides as if they had made it themselves.
func TestPassOfChosenPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		for range rapid.IntRange(0, 10).Draw(t, "before") {
			m.user(t)
		}
		if rapid.Bool().Draw(t, "based") {
			m.quiet(t)
		}
		for range rapid.IntRange(1, 8).Draw(t, "acts") {
			m.user(t)
		}
		only := m.askThere(t)
		policy := &m.opts.Policy
		policy.Direction = rapid.SampledFrom([]sync.Direction{sync.Both, sync.Both, sync.Push, sync.Pull}).Draw(t, "direction")
		policy.Exact = policy.Direction != sync.Both && rapid.Bool().Draw(t, "exact")
		policy.Conflict = rapid.SampledFrom([]sync.ConflictRule{sync.KeepBoth, sync.KeepBoth, sync.LocalWins, sync.LeaveAlone}).Draw(t, "rule")
		m.opts.Verify = policy.Direction != sync.Both && rapid.Bool().Draw(t, "verify")
		before, source := m.outside(only), m.sourceOf(policy, only)
		m.logf("only %v, %+v", only.Paths(), *policy)
		blocked := false
		for range 3 {
			left := false
			observe := m.observe
			m.opts.Observer = func(ev sync.Event) {
				observe(ev)
				if planned, is := ev.(sync.Planned); is {
					left = len(planned.Plan.Skips) > 0 || slices.ContainsFunc(planned.Plan.Conflicts, func(c sync.Conflict) bool { return c.Skipped })
				}
			}
			sum, err := m.pass()
			m.opts.Observer = m.observe
			if errors.As(err, new(*sync.NothingThereError)) {
				break // neither side has it any more
			}
			if err != nil || sum.Failed > 0 {
				t.Fatalf("pass: %+v, %v\n%s", sum, err, m.tail())
			}
			blocked = blocked || left
		}
		if diff := cmp.Diff(before, m.outside(only)); diff != "" {
			t.Fatalf("the pass over %v touched something else (-before +after):\n%s\n%s", only.Paths(), diff, m.tail())
		}
		here, there := m.inside(only, sync.Local), m.inside(only, sync.Remote)
		if policy.Direction == sync.Both && !blocked {
			if diff := cmp.Diff(here, there); diff != "" {
				t.Fatalf("%v is not in step (-local +remote):\n%s\n%s", only.Paths(), diff, m.tail())
			}
		}
		if source != nil && !blocked {
			if diff := cmp.Diff(source, m.inside(only, targetOf(policy))); diff != "" {
				t.Fatalf("%v was not made exact (-source +target):\n%s\n%s", only.Paths(), diff, m.tail())
			}
		}
		m.noLoss(t, true)
		m.opts.Only, m.opts.Verify = nil, false
		*policy = sync.Policy{Trash: policy.Trash}
		m.killed = true // what a conflict rule or an exact pass replaced is in the trash
		m.quiet(t)
	})
}

// sourceOf returns what an exact pass must make of its target; nil: it is none.
func (m *machine) sourceOf(policy *sync.Policy, only *filter.Only) map[string]string {
	if !policy.Exact {
		return nil
	}
	return m.inside(only, targetOf(policy).Other())
}

func targetOf(policy *sync.Policy) sync.Side {
	if policy.Direction == sync.Pull {
		return sync.Local
	}
	return sync.Remote
}

// TestChosenPathsOfOneSide checks that a change on one side, deletions included, reaches the
// other side within the part.
func TestChosenPathsOfOneSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		for range rapid.IntRange(0, 10).Draw(t, "before") {
			m.user(t)
		}
		m.quiet(t)
		s := rapid.SampledFrom(bothSides).Draw(t, "one side")
		for range rapid.IntRange(1, 8).Draw(t, "acts") {
			m.act(s, rapid.SampledFrom(m.names).Draw(t, "path"), rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 8, 9}).Draw(t, "action"), rapid.SampledFrom(m.names).Draw(t, "to"))
		}
		only := m.askThere(t)
		want, whole := m.inside(only, s), m.tree(s)
		sum, err := m.pass()
		if err != nil || sum.Failed+sum.Problems > 0 {
			t.Fatalf("pass: %+v, %v\n%s", sum, err, m.tail())
		}
		if diff := cmp.Diff(want, m.inside(only, s.Other())); diff != "" && sum.Skipped == 0 {
			t.Fatalf("changes of the %s side within %v did not arrive (-want +got):\n%s\n%s", s, only.Paths(), diff, m.tail())
		}
		if diff := cmp.Diff(whole, m.tree(s)); diff != "" {
			t.Fatalf("the %s side was changed (-before +after):\n%s\n%s", s, diff, m.tail())
		}
		m.opts.Only = nil
		m.quiet(t)
		if diff := cmp.Diff(whole, m.tree(s.Other())); diff != "" {
			t.Fatalf("the %s side's changes did not arrive (-want +got):\n%s\n%s", s, diff, m.tail())
		}
	})
}

// TestModelOfChosenPaths is [TestModel] with passes over paths that are drawn, also on a
// side that takes names which differ only in case for one.
func TestModelOfChosenPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		user, quiet := m.user, m.quiet
		kill := 3
		if rapid.Bool().Draw(t, "folds case") {
			f := foldingMachine{m, rapid.SampledFrom(bothSides).Draw(t, "folding")}
			m.sides[f.folding].FoldsCase = true
			m.names = []string{"d", "D", "d/x", "D/x", "d/X", "e"}
			user, quiet, kill = f.user, f.quiet, 0
		}
		t.Repeat(map[string]func(*rapid.T){
			"user":  user,
			"sync":  func(t *rapid.T) { m.disturbed(t, nil, trouble{}) },
			"asked": func(t *rapid.T) { m.askedFor(t, trouble{}) },
			"busy":  func(t *rapid.T) { m.askedFor(t, trouble{busy: 2 * kill, kill: kill, lose: kill}) },
			"left":  func(t *rapid.T) { m.askedFor(t, trouble{cancel: anyMoment(t)}) },
			"quiet": quiet,
			"":      func(t *rapid.T) { m.noLoss(t, true) },
		})
		quiet(t)
	})
}

// TestBoundsModel checks that passes with a limit on the size change no path at which a
// side has a larger file, lose nothing, and that passes without the limit then bring both
// sides in step.
func TestBoundsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		m.large = true
		for range rapid.IntRange(0, 10).Draw(t, "before") {
			m.user(t)
		}
		m.quiet(t)
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			for range rapid.IntRange(1, 6).Draw(t, "acts") {
				m.user(t)
			}
			var before [2]map[string]string
			for s := range before {
				before[s] = m.tree(sync.Side(s))
			}
			m.opts.Policy.Bounds = filter.Bounds{MaxSize: 7}
			m.sync()
			m.opts.Policy.Bounds = filter.Bounds{}
			for p := range before[sync.Local] {
				before[sync.Remote][p] += "" // so that each path is looked at
			}
			for p, content := range before[sync.Remote] {
				if len(content) <= 7 && len(before[sync.Local][p]) <= 7 {
					continue
				}
				for _, s := range bothSides {
					if now := m.tree(s)[p]; now != before[s][p] {
						t.Fatalf("%s: %s was %q and is %q\n%s", s, p, before[s][p], now, m.tail())
					}
				}
			}
			m.noLoss(t, true)
		}
		m.quiet(t)
	})
}

// sized returns a content that is larger than others, in some cases.
func (m *machine) sized(content string) string {
	if m.large && m.version%3 == 0 {
		return content + strings.Repeat("+", 5)
	}
	return content
}
