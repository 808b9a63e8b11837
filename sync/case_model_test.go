package sync_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
)

// TestModelFoldingNames drives the engine through random histories in which one side
// takes names that differ only in case for one. It checks that no version is lost, that
// the sides come to rest, and that whatever is not named as left alone is in step then.
func TestModelFoldingNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := foldingMachine{newMachine(t), rapid.SampledFrom([]sync.Side{sync.Local, sync.Remote}).Draw(t, "folding")}
		m.sides[m.folding].FoldsCase = true
		m.names = rapid.SampledFrom([][]string{
			{"a", "A", "b"},
			{"d", "D", "d/x", "D/x", "d/X"},
			{"é", "É", "e", "E"},
		}).Draw(t, "folding names")
		t.Repeat(map[string]func(*rapid.T){
			"user":          m.user,
			"sync":          func(t *rapid.T) { m.disturbed(t, nil, trouble{}) },
			"crashSync":     func(t *rapid.T) { m.disturbed(t, nil, trouble{kill: 6}) },
			"cancelledSync": func(t *rapid.T) { m.disturbed(t, nil, trouble{cancel: anyMoment(t)}) },
			"part":          func(t *rapid.T) { m.disturbed(t, m.scope(t), trouble{}) },
			"quiet":         m.quiet,
			"":              func(t *rapid.T) { m.noLoss(t, true) },
		})
		m.quiet(t)
	})
}

// A foldingMachine is a machine of which one side folds case.
type foldingMachine struct {
	*machine
	folding sync.Side
}

// spelled returns a path as the folding side spells it.
func (m foldingMachine) spelled(s sync.Side, p string) string {
	if s != m.folding {
		return p
	}
	tree := m.tree(s)
	at := ""
	for name := range strings.SplitSeq(p, "/") {
		next := strings.TrimPrefix(at+"/"+name, "/")
		for q := range tree {
			if strings.EqualFold(q, next) {
				next = q
			}
		}
		at = next
	}
	return at
}

func (m foldingMachine) user(t *rapid.T) {
	s := rapid.SampledFrom([]sync.Side{sync.Local, sync.Remote}).Draw(t, "side")
	p := m.spelled(s, rapid.SampledFrom(m.names).Draw(t, "path"))
	to := rapid.SampledFrom(m.names).Draw(t, "to")
	if there := m.spelled(s, to); there != p {
		to = there
	}
	m.act(s, p, rapid.IntRange(0, 6).Draw(t, "action"), to)
}

// quiet makes undisturbed passes until one has nothing to do.
func (m foldingMachine) quiet(t *rapid.T) {
	m.logf("quiet")
	m.clock = m.clock.Add(48 * time.Hour) // by then, what a killed pass left half written is old
	var left map[manifest.Path]bool
	m.opts.Observer = func(ev sync.Event) {
		m.observe(ev)
		if doubted, is := ev.(sync.Doubted); is {
			for _, q := range doubted.Problems {
				left[q.Path.Join(q.Name)] = true
			}
		}
	}
	defer func() { m.opts.Observer = m.observe }()
	for n := 0; ; n++ {
		left = map[manifest.Path]bool{}
		sum, err := m.pass()
		if err != nil || sum.Failed > 0 {
			t.Fatalf("quiet pass: %+v, %v\n%s", sum, err, m.tail())
		}
		if sum.Uploaded+sum.Downloaded+sum.DeletedLocal+sum.DeletedRemote+sum.Moved+sum.MadeDirs+sum.Adopted+sum.Conflicts == 0 {
			break
		}
		if n == 8 {
			t.Fatalf("not at rest after %d passes\n%s", n, m.tail())
		}
	}
	m.noLoss(t, m.killed)
	isLeft := func(p string) bool {
		for q := range left {
			if manifest.Path(p).Within(q) {
				return true
			}
		}
		return false
	}
	for _, s := range bothSides {
		other := m.tree(s.Other())
		for p, content := range m.tree(s) {
			if other[p] != content && !isLeft(p) {
				t.Fatalf("%s has %s = %s, the other side %q, and nobody was told\n%s", s, p, content, other[p], m.tail())
			}
		}
	}
	m.changed = [2]map[string]bool{{}, {}}
}
