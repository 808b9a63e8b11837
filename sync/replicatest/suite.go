package replicatest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
)

// patience is how long the suite waits for what must happen soon.
const patience = 20 * time.Second

// early and late are two times far enough apart for every precision.
var (
	early = time.Date(2024, 3, 5, 10, 20, 30, 123456789, time.UTC)
	late  = time.Date(2025, 11, 17, 21, 42, 51, 987654321, time.UTC)
)

// Run holds a replica to the contract in package sync, sentence by sentence.
// open returns a fresh, empty fixture for each part of the suite and lets go of
// it with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, part := range []struct {
		name  string
		parts []part
	}{
		{"Root", rootParts},
		{"Scan", scanParts},
		{"Names", nameParts},
		{"Put", putParts},
		{"Source", sourceParts},
		{"Change", changeParts},
		{"Apply", applyParts},
		{"Read", readParts},
		{"Gone", goneParts},
		{"Cancel", cancelParts},
		{"Bin", binParts},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, p := range part.parts {
				t.Run(p.name, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
					defer cancel()
					p.run(&side{T: t, Fixture: open(t), ctx: ctx})
				})
			}
		})
	}
}

// A part is one test of the suite.
type part struct {
	name string
	run  func(s *side)
}

// A side is a fixture in one test, with the words that the tests are written in.
type side struct {
	*testing.T
	Fixture
	ctx context.Context
}

// skipUnless ends the test where the side cannot do what it is about.
func (s *side) skipUnless(can bool, what string) {
	s.Helper()
	if !can {
		s.Skipf("this side has no %s", what)
	}
}

// scan lists everything.
func (s *side) scan() *manifest.Tree {
	s.Helper()
	return s.look(sync.Look{})
}

func (s *side) look(look sync.Look) *manifest.Tree {
	s.Helper()
	tree, err := s.Replica.Scan(s.ctx, look)
	if err != nil {
		s.Fatalf("scanning: %v", err)
	}
	return tree
}

// at returns what a scan shows at p.
func (s *side) at(p manifest.Path) manifest.Entry {
	s.Helper()
	return s.scan().At(p)
}

// paths returns the paths of a tree in its order, those of directories with a
// slash at the end.
func paths(t *manifest.Tree) []string {
	var all []string
	for p, e := range t.All() {
		if e.IsDir() {
			p += "/"
		}
		all = append(all, string(p))
	}
	return all
}

// shows fails the test unless a scan shows these paths and no others.
func (s *side) shows(want ...string) {
	s.Helper()
	s.holds(s.scan(), want...)
}

func (s *side) holds(tree *manifest.Tree, want ...string) {
	s.Helper()
	if diff := cmp.Diff(want, paths(tree)); diff != "" {
		s.Errorf("paths of the tree (-want +got):\n%s", diff)
	}
}

// reads fails the test unless the file at path has the content want.
func (s *side) reads(path, want string) {
	s.Helper()
	switch got, ok := s.Read(path); {
	case !ok:
		s.Errorf("no file at %q", path)
	case got != want:
		s.Errorf("content of %q: %s, want %s", path, brief(got), brief(want))
	}
}

func brief(content string) string {
	if len(content) > 40 {
		return content[:40] + "..."
	}
	return content
}

// lacks fails the test if there is a file at path.
func (s *side) lacks(path string) {
	s.Helper()
	if got, ok := s.Read(path); ok {
		s.Errorf("%q is there with content %s", path, brief(got))
	}
}

// temporaries returns the half-written files that lie about.
func (s *side) temporaries() []string {
	var temps []string
	for _, p := range s.List() {
		_, name := split(p)
		if _, ok := manifest.TempMark(name); ok {
			temps = append(temps, p)
		}
	}
	return temps
}

// clean fails the test if half-written files lie about.
func (s *side) clean() {
	s.Helper()
	if temps := s.temporaries(); len(temps) > 0 {
		s.Errorf("left behind: %q", temps)
	}
}

// trash returns the contents that the trash keeps for path, sorted.
func (s *side) trash(path string) []string {
	s.Helper()
	var kept []string
	for _, p := range s.List() {
		if strings.HasPrefix(p, manifest.Own+"/trash/") && strings.HasSuffix(p, "/"+path) {
			if content, ok := s.Read(p); ok {
				kept = append(kept, content)
			}
		}
	}
	slices.Sort(kept)
	return kept
}

// keeps fails the test unless the trash keeps these contents for path.
func (s *side) keeps(path string, want ...string) {
	s.Helper()
	if diff := cmp.Diff(want, s.trash(path)); diff != "" {
		s.Errorf("trash of %q (-want +got):\n%s", path, diff)
	}
}

// unchanged fails the test unless do leaves everything as it was.
func (s *side) unchanged(do func()) {
	s.Helper()
	type thing struct{ Path, Content string }
	all := func() (all []thing) {
		for _, p := range s.List() {
			content, _ := s.Read(p)
			all = append(all, thing{p, content})
		}
		slices.SortFunc(all, func(a, b thing) int { return strings.Compare(a.Path, b.Path) })
		return all
	}
	before := all()
	do()
	if diff := cmp.Diff(before, all()); diff != "" {
		s.Errorf("changed, although nothing should be (-before +after):\n%s", diff)
	}
}
