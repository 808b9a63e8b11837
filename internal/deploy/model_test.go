package deploy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ferry/internal/deploy/inverse"
	"ferry/internal/deploy/release"
	"ferry/manifest"
	"ferry/sync"
)

// TestModel drives deploys through random histories: the source changes, somebody else writes
// and deletes in the site, the state gets lost, commits are cut off at any step and finished
// by somebody else, releases are gone back from. It checks that no version of somebody else
// is lost, that nothing is deleted that no deploy put there, that the site is as the source
// says afterwards, and that a second plan is empty.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{world: newWorld(), f: files{"k": "0"}, alien: map[string]manifest.Path{}}
		m.encode = false
		t.Repeat(map[string]func(*rapid.T){
			"source":   m.source,
			"somebody": m.somebody,
			"deploy":   func(t *rapid.T) { m.deployAny(t, 0) },
			"killed":   func(t *rapid.T) { m.deployAny(t, rapid.IntRange(1, 15).Draw(t, "kill")) },
			"cut": func(t *rapid.T) {
				m.cut = rapid.IntRange(1, 9).Draw(t, "cut")
				m.deployAny(t, rapid.IntRange(1, 15).Draw(t, "kill"))
				m.cut = 0
			},
			"blind": func(t *rapid.T) {
				m.errs[rapid.SampledFrom([]manifest.Path{"", "a", "a/y", "b", "b/d"}).Draw(t, "dir")] = errors.New("broken")
				m.deployAny(t, 0)
				clear(m.errs)
			},
			"lose": func(*rapid.T) { m.state = nil },
			"wait": func(*rapid.T) { m.clock += 1000 },
		})
	})
}

type model struct {
	*world
	f     files
	n     int
	alien map[string]manifest.Path // versions of somebody else
}

var modelPaths = []manifest.Path{"a", "a/x", "a/y/z", "b/c.css", "b/d/e", "b/d/f", "index.html", "n/m/o/p"}

func (m *model) text() string { m.n++; return fmt.Sprint("text ", m.n%1000, " ") }

func (m *model) source(t *rapid.T) {
	p := rapid.SampledFrom(modelPaths).Draw(t, "path")
	if m.f[p] != "" && rapid.Bool().Draw(t, "delete") {
		delete(m.f, p)
		return
	}
	for q := range m.f {
		if q.Below(p) || p.Below(q) {
			delete(m.f, q)
		}
	}
	m.f[p] = m.text()
	if rapid.Bool().Draw(t, "exec") {
		m.f[p] = "x:" + m.f[p]
	}
}

func (m *model) somebody(t *rapid.T) {
	p := rapid.SampledFrom(append(slices.Clone(modelPaths), "b/alien", "a/y/alien")).Draw(t, "path")
	if m.live[p] != nil && rapid.Bool().Draw(t, "delete") {
		delete(m.alien, m.live[p].text)
		delete(m.live, p)
		return
	}
	if m.dirs[p] {
		return
	}
	for dir := range p.Ancestors {
		if m.live[dir] != nil {
			return
		}
	}
	if old := m.live[p]; old != nil {
		delete(m.alien, old.text)
	}
	text := "alien " + m.text()
	m.write(p, text)
	m.alien[text] = p
}

func (m *model) deployAny(t *rapid.T, kill int) {
	policy := Policy{
		Drift: rapid.SampledFrom([]DriftRule{SaveDrift, SaveDrift, KeepDrift, RestoreDrift, StopAtDrift}).Draw(t, "drift"),
		First: rapid.SampledFrom([]FirstRule{CompareFirst, OverwriteFirst}).Draw(t, "first"),
		Keep:  rapid.IntRange(0, 1).Draw(t, "keep"), Audit: rapid.Bool().Draw(t, "audit"),
		KeepModes: true, MostDeletions: func(int) int { return -1 },
	}
	if rapid.Bool().Draw(t, "later") {
		policy.DeleteAfter = 1500 * time.Second
	}
	before, lived, state := m.texts(), maps.Clone(m.live), m.state
	plan, err := m.plan(m.f, policy)
	var unsafe *sync.UnsafeError
	if errors.As(err, &unsafe) {
		return
	} else if err != nil {
		t.Fatal(err)
	}
	m.kill = kill
	m.carryOut(t, plan, m.f, policy)
	m.kill = 0
	m.checkKept(t)
	left := map[manifest.Path]bool{}
	for _, d := range plan.Drift {
		left[d.Path] = d.Left
	}
	for p, text := range m.f {
		if m.blind(p) {
			continue
		}
		if n := m.live[p]; !left[p] && (n == nil || n.text != text) && (state == nil || policy.Audit) {
			t.Fatalf("%s is not as the source says: %+v", p, n)
		}
	}
	for p := range before {
		if !m.mayGo(p, plan, state) && m.live[p] == nil {
			t.Fatalf("%s is gone", p)
		}
	}
	for i := range m.state.Files {
		if f := &m.state.Files[i]; f.Seen.Precision == manifest.NoTime {
			t.Fatalf("%s was not staged", f.Path)
		}
	}
	for p := range m.live {
		if _, was := before[p]; !was && m.f[p] == "" {
			t.Fatalf("%s came from nowhere", p)
		}
	}
	if again, err := m.plan(m.f, policy); err != nil && policy.Drift != StopAtDrift || err == nil && !again.Empty() {
		t.Fatalf("again: %+v, %v", again, err)
	}
	if kill == 0 && policy.Keep > 0 && state != nil && rapid.IntRange(0, 3).Draw(t, "back") == 0 {
		m.goBack(t, state, lived)
	}
}

// blind reports whether p could not be looked at.
func (m *model) blind(p manifest.Path) bool {
	for dir := range m.errs {
		if p.Within(dir) || dir.Within(p) {
			return true
		}
	}
	return false
}

// mayGo reports whether a deploy may take a file away.
func (m *model) mayGo(p manifest.Path, plan *Plan, state *Release) bool {
	if state != nil && state.File(p) != nil {
		return true
	}
	for _, d := range plan.Drift {
		if d.Path == p && d.Saved {
			return true
		}
	}
	return false
}

// checkKept: each version of somebody else is in the site or in the work directory.
func (m *model) checkKept(t *rapid.T) {
	for text, p := range m.alien {
		if n := m.live[p]; (n == nil || n.text != text) && !m.saved(text) {
			t.Fatalf("%q, at %s, is lost", text, p)
		}
	}
}

// goBack goes back to the release before, byte for byte, modes too.
func (m *model) goBack(t *rapid.T, before *Release, lived map[manifest.Path]*node) {
	changes, err := inverse.Of(m.state, before, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.number++
	back := &Release{Number: m.number, Files: before.Files, Changes: changes, Back: before.Number}
	b, err := release.Encode(back, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := release.Decode(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, back, again)
	if err := m.apply(Steps(changes, Needed(changes), Emptied(back))); err != nil || len(m.refused) > 0 {
		t.Fatalf("%v, refused %q", err, m.refused)
	}
	m.keep(back)
	if diff := cmp.Diff(lived, m.live, cmp.AllowUnexported(node{})); diff != "" {
		t.Fatal(diff)
	}
	m.state = back
	m.checkKept(t)
}
