package deploy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/manifest"
)

var errNo = errors.New("no")

// undone has a release of each kind of change: of files, of directories, and of one that takes
// the place of the other.
var undoneBefore, undoneAfter = texts{
	"index.html": "1", "dir/only.html": "the only one", "deep/er/only.html": "too", "stays/a": "a", "stays/b": "b",
	"tofile/sub/x": "x", "tofile/y": "y", "todir": "a file", "mode": "mode", "Case": "c",
}, texts{
	"index.html": "22", "new/er/page.html": "new", "stays/a": "a", "tofile": "a file now", "todir/sub/x": "below", "todir/y": "y", "mode": "mode",
	"case": "cc",
}

// TestUndo refuses each file of a release, and each version that goes aside. The site is as it
// was then, with the modes of its files and its directories, and the next deploy goes through.
func TestUndo(t *testing.T) {
	mode := uint16(0o644)
	options := func(m *deploytest.Memory, s texts) deploy.Options {
		o := keeping(m.Open(), s)
		o.Policy.Mode = func(p manifest.Path) uint16 {
			if p == "mode" {
				return mode
			}
			return 0
		}
		return o
	}
	var refused []string
	for p := range undoneAfter {
		if undoneBefore[p] != undoneAfter[p] {
			refused = append(refused, "put "+string(p))
		}
	}
	for p := range undoneBefore {
		if _, stays := undoneAfter[p]; !stays || p == "todir" {
			refused = append(refused, "aside "+string(p))
		}
	}
	slices.Sort(refused)
	for _, what := range append(refused, "everything") {
		m := deploytest.NewMemory()
		m.Modes = true
		mode = 0o644
		run(t, options(m, undoneBefore))
		names := m.Names(false)
		mode = 0o600
		m.Refuse = func(s deploy.Step) error {
			to := !s.To.Work && s.From.Work && strings.HasPrefix(s.From.Path, "stage/s/") && (what == "put "+s.To.Path || what == "everything")
			aside := !s.From.Work && what == "aside "+s.From.Path && strings.HasPrefix(s.To.Path, "stage/b/")
			if s.Op == deploy.Rename && (to || aside) {
				return errNo
			}
			return nil
		}
		result, err := deploy.Run(t.Context(), options(m, undoneAfter))
		if err == nil || result.Committed || !strings.Contains(err.Error(), "live again") {
			t.Errorf("%s: %v, committed %t", what, err, result.Committed)
		}
		wantSite(t, what, m, undoneBefore)
		if got := m.Names(false); !slices.Equal(got, names) {
			t.Errorf("%s: there are %v, want %v", what, got, names)
		}
		if got := m.Mode(deploy.Place{Path: "mode"}); got != 0o644 {
			t.Errorf("%s: mode %o", what, got)
		}
		m.Refuse = nil
		if r := run(t, options(m, undoneAfter)); !r.Committed || r.Uploaded > 1 || r.Reused < 5 || r.Finished != 0 {
			t.Errorf("%s: the next deploy: %+v", what, r)
		}
		wantSite(t, what+", deployed again", m, undoneAfter)
		if _, err := deploy.Rollback(t.Context(), options(m, nil), 0); err != nil {
			t.Errorf("%s: going back: %v", what, err)
		}
		wantSite(t, what+", gone back", m, undoneBefore)
	}
}

// All files that cannot be put in place are named at once.
func TestAllRefusedAreNamed(t *testing.T) {
	m := deploytest.NewMemory()
	run(t, keeping(m.Open(), texts{"page": "1"}))
	m.Refuse = func(s deploy.Step) error {
		if s.Op == deploy.Rename && strings.HasSuffix(s.To.Path, ".bad") && !s.To.Work {
			return errNo
		}
		return nil
	}
	next := texts{"page": "22"}
	for _, name := range "abcdefghijkl" {
		next[manifest.Path(string(name)+".bad")] = "x"
	}
	_, err := deploy.Run(t.Context(), keeping(m.Open(), next))
	if err == nil || !strings.Contains(err.Error(), `"a.bad", "b.bad"`) || !strings.Contains(err.Error(), `"j.bad" and 2 more`) || !errors.Is(err, errNo) {
		t.Errorf("got %v", err)
	}
	wantSite(t, "nothing was deployed", m, texts{"page": "1"})
}
