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

// timeout is how long the suite waits for something that must happen soon.
const timeout = 20 * time.Second

// earlyTime and lateTime differ at every precision.
var (
	earlyTime = time.Date(2024, 3, 5, 10, 20, 30, 123456789, time.UTC)
	lateTime  = time.Date(2025, 11, 17, 21, 42, 51, 987654321, time.UTC)
)

// Run tests a replica against the contract in package sync. open returns a new,
// empty fixture for each test, and closes it with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"Root", rootTests},
		{"Scan", scanTests},
		{"Names", nameTests},
		{"Put", putTests},
		{"Source", sourceTests},
		{"Change", changeTests},
		{"Apply", applyTests},
		{"Read", readTests},
		{"Gone", goneTests},
		{"Cancel", cancelTests},
		{"Trash", trashTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, p := range group.tests {
				t.Run(p.name, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 4*timeout)
					defer cancel()
					p.run(&side{T: t, Fixture: open(t), ctx: ctx})
				})
			}
		})
	}
}

// A test is one test of the suite.
type test struct {
	name string
	run  func(s *side)
}

// A side is a fixture in one test, with the helpers that the tests are written with.
type side struct {
	*testing.T
	Fixture
	ctx context.Context
}

// skipUnless skips the test if the side lacks what it is about.
func (s *side) skipUnless(can bool, what string) {
	s.Helper()
	if !can {
		s.Skipf("this side has no %s", what)
	}
}

// scan lists everything.
func (s *side) scan() *manifest.Tree {
	s.Helper()
	return s.scanWith(sync.Look{})
}

func (s *side) scanWith(look sync.Look) *manifest.Tree {
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

// paths returns the paths of a tree in its order. Those of directories end in a
// slash.
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

// wantPaths fails the test unless a scan shows these paths and no others.
func (s *side) wantPaths(want ...string) {
	s.Helper()
	s.wantTreePaths(s.scan(), want...)
}

func (s *side) wantTreePaths(tree *manifest.Tree, want ...string) {
	s.Helper()
	if diff := cmp.Diff(want, paths(tree)); diff != "" {
		s.Errorf("paths of the tree (-want +got):\n%s", diff)
	}
}

// wantContent fails the test unless the file at path has the content want.
func (s *side) wantContent(path, want string) {
	s.Helper()
	switch got, ok := s.Read(path); {
	case !ok:
		s.Errorf("no file at %q", path)
	case got != want:
		s.Errorf("content of %q: %s, want %s", path, shorten(got), shorten(want))
	}
}

func shorten(content string) string {
	if len(content) > 40 {
		return content[:40] + "..."
	}
	return content
}

// wantNoFile fails the test if there is a file at path.
func (s *side) wantNoFile(path string) {
	s.Helper()
	if got, ok := s.Read(path); ok {
		s.Errorf("%q is there with content %s", path, shorten(got))
	}
}

// temps returns the paths of all temporary files.
func (s *side) temps() []string {
	var temps []string
	for _, p := range s.List() {
		_, name := split(p)
		if _, ok := manifest.TempMark(name); ok {
			temps = append(temps, p)
		}
	}
	return temps
}

// wantNoTemps fails the test if there are temporary files.
func (s *side) wantNoTemps() {
	s.Helper()
	if temps := s.temps(); len(temps) > 0 {
		s.Errorf("temporary files are left: %q", temps)
	}
}

// trashContents returns the contents that the trash holds for path, sorted.
func (s *side) trashContents(path string) []string {
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

// wantInTrash fails the test unless the trash holds these contents for path.
func (s *side) wantInTrash(path string, want ...string) {
	s.Helper()
	if diff := cmp.Diff(want, s.trashContents(path)); diff != "" {
		s.Errorf("trash of %q (-want +got):\n%s", path, diff)
	}
}

// unchanged fails the test unless do leaves everything as it was.
func (s *side) unchanged(do func()) {
	s.Helper()
	type file struct{ Path, Content string }
	all := func() (all []file) {
		for _, p := range s.List() {
			content, _ := s.Read(p)
			all = append(all, file{p, content})
		}
		slices.SortFunc(all, func(a, b file) int { return strings.Compare(a.Path, b.Path) })
		return all
	}
	before := all()
	do()
	if diff := cmp.Diff(before, all()); diff != "" {
		s.Errorf("something changed (-before +after):\n%s", diff)
	}
}
