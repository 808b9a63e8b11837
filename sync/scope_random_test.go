package sync_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
)

// scope draws the scope of a pass: everything that users changed, a part of that, or
// also paths that nobody changed.
func (m *machine) scope(t *rapid.T) *sync.Scope {
	mode := rapid.SampledFrom([]string{"exact", "partial", "more"}).Draw(t, "scope")
	scope := m.exactScope()
	some := func(paths []manifest.Path) (left []manifest.Path) {
		for _, p := range paths {
			if rapid.Bool().Draw(t, "looked at") {
				left = append(left, p)
			}
		}
		return left
	}
	switch mode {
	case "partial":
		scope.Local, scope.Remote = some(scope.Local), some(scope.Remote)
	case "more":
		scope.Local = append(scope.Local, manifest.Path(rapid.SampledFrom(m.names).Draw(t, "clean path")))
		scope.Remote = append(scope.Remote, manifest.Path(rapid.SampledFrom(m.names).Draw(t, "clean directory")), manifest.Root)
	}
	return &scope
}

// exactScope returns everything that users changed since both sides were in step.
func (m *machine) exactScope() (scope sync.Scope) {
	dirs := map[manifest.Path]bool{}
	for _, p := range slices.Sorted(maps.Keys(m.changed[sync.Local])) {
		scope.Local = append(scope.Local, manifest.Path(p))
	}
	for p := range m.changed[sync.Remote] {
		dirs[manifest.Path(p).Parent()] = true
	}
	scope.Remote = slices.SortedFunc(maps.Keys(dirs), manifest.Path.Compare)
	return scope
}

// onlyRootOfTarget reduces a scope to what a full push or pull looks at: of its target
// only the root, besides what it touches.
func (m *machine) onlyRootOfTarget(scope *sync.Scope, direction sync.Direction) {
	switch direction {
	case sync.Push:
		scope.Remote = []manifest.Path{manifest.Root}
	case sync.Pull:
		local := m.tree(sync.Local)
		scope.Local = slices.DeleteFunc(scope.Local, func(p manifest.Path) bool { return p.Parent() != manifest.Root || local[string(p)] == "/" })
	}
}

// watchListings checks, when a plan is made, that everything it overwrites, removes or
// renames was listed in this pass, on the side where that happens and by the name
// before the renames of the plan. It returns the set in which the caller records the
// listings.
func (m *machine) watchListings(t *rapid.T) *[2]map[manifest.Path]bool {
	listed := &[2]map[manifest.Path]bool{{}, {}}
	observe := m.observe
	m.opts.Observer = func(ev sync.Event) {
		observe(ev)
		planned, is := ev.(sync.Planned)
		if !is {
			return
		}
		for _, touched := range touchedBy(planned.Plan) {
			if !listed[touched.side][touched.dir] {
				t.Fatalf("%s %s %s: nobody listed %q there\n%s", touched.op, touched.side, touched.path, touched.dir, m.tail())
			}
		}
	}
	return listed
}

type touchedThing struct {
	op   sync.Op
	side sync.Side
	path manifest.Path
	dir  manifest.Path // the directory whose listing shows it
}

// touchedBy returns everything that the plan removes, renames or replaces.
func touchedBy(plan *sync.Plan) (all []touchedThing) {
	var moves [2][]sync.Action
	for _, a := range plan.Actions.All() {
		before := func(p manifest.Path) manifest.Path {
			for _, m := range slices.Backward(moves[a.Side]) {
				if p.Within(m.Path) {
					p = p.Rebase(m.Path, m.From)
				}
			}
			return p
		}
		add := func(p manifest.Path) {
			all = append(all, touchedThing{a.Op, a.Side, p, before(p).Parent()})
		}
		here := a.Remote
		if a.Side == sync.Local {
			here = a.Local
		}
		switch a.Op {
		case sync.Upload, sync.Download:
			if here.Exists() {
				add(a.Path)
			}
		case sync.Delete:
			add(a.Path)
		case sync.Rmdir:
			add(a.Path)
			all = append(all, touchedThing{a.Op, a.Side, a.Path, before(a.Path)})
		case sync.SetAside:
			add(a.From)
		case sync.Rename:
			add(a.From)
			moves[a.Side] = append(moves[a.Side], *a)
		}
	}
	return all
}

var copyMark = regexp.MustCompile(`\.sync-conflict-\S*-(local|remote)-[0-9a-f]{6}`)

// outcome returns what is on both sides and in the base, sorted, and with conflict
// copies stripped of their times.
func (m *machine) outcome() [3][]string {
	var out [3][]string
	add := func(i int, p, what string) {
		out[i] = append(out[i], copyMark.ReplaceAllString(p, ".COPY")+" "+what)
	}
	for _, s := range bothSides {
		for p, content := range m.tree(s) {
			add(int(s), p, content)
		}
	}
	for p, pair := range m.record.Memory {
		add(2, string(p), fmt.Sprintf("%s %x", pair.Kind(), pair.Sum))
	}
	for i := range out {
		slices.Sort(out[i])
	}
	return out
}

// TestPartIsAsGoodAsTheWhole makes the same history twice. If the scope names
// everything that users changed, the pass must leave both sides and the base as a
// full pass does.
func TestPartIsAsGoodAsTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		twin := m.twin()
		act := func(n int) {
			for range n {
				s := rapid.SampledFrom(bothSides).Draw(t, "side")
				p := rapid.SampledFrom(m.names).Draw(t, "path")
				action := rapid.IntRange(0, 7).Draw(t, "action")
				to := rapid.SampledFrom(m.names).Draw(t, "to")
				m.act(s, p, action, to)
				twin.act(s, p, action, to)
			}
		}
		act(rapid.IntRange(0, 10).Draw(t, "before"))
		m.quiet(t)
		twin.quiet(t)
		act(rapid.IntRange(1, 8).Draw(t, "acts"))
		scope := m.exactScope()
		policy := &m.opts.Policy
		policy.Direction = rapid.SampledFrom([]sync.Direction{sync.Both, sync.Both, sync.Push, sync.Pull}).Draw(t, "direction")
		policy.Conflict = rapid.SampledFrom([]sync.ConflictRule{sync.KeepBoth, sync.KeepBoth, sync.LocalWins, sync.LeaveAlone}).Draw(t, "rule")
		policy.Exact = policy.Direction != sync.Both && rapid.Bool().Draw(t, "exact")
		if !policy.Exact {
			m.onlyRootOfTarget(&scope, policy.Direction)
		}
		twin.opts.Policy = *policy
		m.disturbed(t, &scope, trouble{})
		twin.disturbed(t, nil, trouble{})
		if diff := cmp.Diff(twin.outcome(), m.outcome()); diff != "" {
			t.Fatalf("local side, remote side and base after a pass over %+v (-everything +part):\n%s\n%s\n\nEVERYTHING\n%s", scope, diff, m.tail(), twin.tail())
		}
		if *policy == (sync.Policy{Trash: policy.Trash}) {
			m.quiet(t)
		}
	})
}

// TestPartsAlone makes passes with scopes only. Nothing may be lost, and full passes
// must find what is left afterwards.
func TestPartsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		for range rapid.IntRange(0, 10).Draw(t, "before") {
			m.user(t)
		}
		m.quiet(t)
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			for range rapid.IntRange(0, 4).Draw(t, "acts") {
				m.user(t)
			}
			busy := rapid.SampledFrom([]int{0, 10}).Draw(t, "busy")
			m.disturbed(t, m.scope(t), trouble{busy: busy, lose: rapid.SampledFrom([]int{0, 5}).Draw(t, "lose")})
			// What a user wrote right before it was moved to the trash stays there if somebody
			// else uses the name at once.
			m.killed = m.killed || busy > 0
			m.noLoss(t, true)
		}
		m.quiet(t)
	})
}
