package sync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
)

// TestPartIsAsGoodAmongTroubles is TestPartIsAsGoodAsTheWhole with links and special
// files, ignored names, and directories that cannot be read.
func TestPartIsAsGoodAmongTroubles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		twin := m.twin()
		both := func(do func(m *machine)) { do(m); do(twin) }
		name := func(what string) string { return rapid.SampledFrom(m.names).Draw(t, what) }
		act := func(n, most int) {
			for range n {
				s := rapid.SampledFrom(bothSides).Draw(t, "side")
				p, to := name("path"), name("to")
				switch action := rapid.IntRange(0, most).Draw(t, "action"); {
				case action <= 5:
					both(func(m *machine) { m.act(s, p, action, to) })
				default:
					both(func(m *machine) { m.link(s, p) })
				}
			}
		}
		ignored := rapid.SampledFrom([]string{"", "", m.names[0], m.names[len(m.names)-1]}).Draw(t, "ignored")
		ignore := func(p manifest.Path, _ bool) bool {
			return string(p) == ignored || strings.HasPrefix(string(p), ignored+"/")
		}
		act(rapid.IntRange(0, 10).Draw(t, "before"), 5)
		both(func(m *machine) { m.quiet(t) })
		if ignored != "" {
			both(func(m *machine) {
				m.opts.Ignore = ignore
				m.disturbed(t, nil, trouble{})
			})
		}
		act(rapid.IntRange(1, 8).Draw(t, "acts"), 7)
		direction := rapid.SampledFrom([]sync.Direction{sync.Both, sync.Both, sync.Push, sync.Pull}).Draw(t, "direction")
		if direction == sync.Both && rapid.Bool().Draw(t, "unreadable") { // a push does not look everywhere
			s, p := rapid.SampledFrom(bothSides).Draw(t, "unreadable side"), name("unreadable")
			both(func(m *machine) {
				if m.tree(s)[p] == "/" {
					m.logf("%s %s cannot be read", s, p)
					m.sides[s].Deny(p, "permission denied")
				}
			})
		}
		scope := m.exactScope()
		both(func(m *machine) { m.opts.Policy.Direction = direction })
		m.onlyRootOfTarget(&scope, direction)
		m.disturbed(t, &scope, trouble{})
		twin.disturbed(t, nil, trouble{})
		if diff := cmp.Diff(twin.outcome(), m.outcome()); diff != "" {
			t.Fatalf("local side, remote side and base after a pass over %+v (-everything +part):\n%s\n%s\n\nEVERYTHING\n%s", scope, diff, m.tail(), twin.tail())
		}
	})
}

// link replaces whatever is at p with a special file.
func (m *machine) link(s sync.Side, p string) {
	tree := m.tree(s)
	if parent := string(manifest.Path(p).Parent()); parent != "" && tree[parent] != "/" {
		return
	}
	m.logf("user puts a link at %s %s", s, p)
	if tree[p] != "" {
		m.sides[s].Remove(p)
	}
	m.sides[s].Special(p)
	m.noteChange(s, tree, p)
}
