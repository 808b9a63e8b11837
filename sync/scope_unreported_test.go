package sync_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
)

// TestEmptiedRootStaysEmpty checks that a poll downloads nothing into a local root
// that has lost everything. With a file in it the root would not look empty any more,
// and the rails would allow deletions.
func TestEmptiedRootStaysEmpty(t *testing.T) {
	for _, c := range []struct{ name, file, dir string }{
		{"a new file in the root", "new", ""},
		{"a new file in a directory", "d1/new", "d1"},
		{"a new directory", "n/new", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.fill(4)
			w.write(sync.Local, "top", "t")
			w.sync()
			for _, p := range []string{"d0", "d1", "d2", "top"} {
				w.sides[sync.Local].Remove(p)
			}
			w.write(sync.Remote, c.file, "n")
			before := fmt.Sprint(w.tree(sync.Remote))
			_, _ = w.passOver(scopeOf(nil, c.dir))
			_, err := w.passOver(scopeOf([]string{"d0", "d1", "d2", "top"}))
			var unsafe *sync.UnsafeError
			if !errors.As(err, &unsafe) {
				t.Errorf("a pass over what is gone: %v", err)
			}
			if got := fmt.Sprint(w.tree(sync.Remote)); got != before {
				t.Errorf("the server has\n%s\nand had\n%s\n%s", got, before, w.tail())
			}
		})
	}
}

// TestPartsKeepUnreportedPaths checks that a pass with a scope does not delete a file
// on the server because the local file is gone, if the scope does not name it: it may
// come back at once. Exceptions are files that have another name now, and files from
// a directory that the scope names and that is empty.
func TestPartsKeepUnreportedPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		for range rapid.IntRange(4, 14).Draw(t, "before") {
			m.user(t)
		}
		m.quiet(t)
		for range rapid.IntRange(1, 6).Draw(t, "acts") {
			m.user(t)
		}
		scope := m.scope(t)
		unreported := m.goneUnreported(*scope)
		shown := m.tree(sync.Local)
		delete(shown, othersTemp)
		if len(shown) == 0 {
			return // for the rails to judge
		}
		before := m.tree(sync.Remote)
		m.disturbed(t, scope, trouble{})
		after := m.tree(sync.Remote)
		for _, p := range unreported {
			if before[p] != "" && after[p] == "" {
				t.Fatalf("a pass over %+v deleted %s\n%s", *scope, p, m.tail())
			}
		}
	})
}

// goneUnreported returns the paths that are gone on the local side and that the scope
// does not name.
func (m *machine) goneUnreported(scope sync.Scope) (gone []string) {
	tree, err := m.sides[sync.Local].Scan(m.ctx(), sync.Look{})
	if err != nil {
		m.t.Fatalf("%v", err)
	}
	shown := make(map[uint64]manifest.Path)
	for p, e := range tree.All() {
		shown[e.ID] = p
	}
	moved := func(p manifest.Path) bool {
		for ; p != manifest.Root; p = p.Parent() {
			if at, is := shown[m.record.Memory[p].Local.ID]; is && at != p {
				return true
			}
		}
		return false
	}
	told := func(p manifest.Path) bool {
		for _, q := range scope.Local {
			if p.Within(q) || q.Within(p) {
				return true
			}
		}
		return false
	}
	lost := func(p manifest.Path) bool { // with a directory that was told of
		for dir := range p.Ancestors {
			if dir != manifest.Root && told(dir) && !slices.ContainsFunc(slices.Collect(maps.Keys(m.tree(sync.Local))), func(q string) bool { return manifest.Path(q).Below(dir) }) {
				return true
			}
		}
		return false
	}
	replaced := func(p manifest.Path) bool {
		for dir := range p.Ancestors {
			if tree.At(dir).IsFile() {
				return true
			}
		}
		return false
	}
	for p := range m.record.Memory {
		if !tree.At(p).Exists() && !told(p) && !lost(p) && !replaced(p) && !moved(p) {
			gone = append(gone, string(p))
		}
	}
	return gone
}
