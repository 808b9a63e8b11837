package remote

import (
	"errors"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// Servers that can be asked in other ways.
var caseServers = map[string]ftpserver.Options{
	"mlst":    {},
	"size":    {NoMLSD: true},
	"neither": {NoMLSD: true, NoSIZE: true, NoMDTM: true},
}

func TestSameInOtherCase(t *testing.T) {
	for name, o := range caseServers {
		for _, folds := range []bool{false, true} {
			o.FoldCase = folds
			h := newFixture(t, o)
			h.write("dir/Read", "x", "é", "y")
			tree := h.scan(sync.Look{})
			ask := func(p manifest.Path, other string) (bool, error) {
				return h.d.SameInOtherCase(t.Context(), []sync.OtherCase{{Path: p, Entry: tree.At(p), Other: other}})
			}
			if same, err := ask("dir", "DIR"); same != folds || err != nil {
				t.Errorf("%s, folds %v: a directory: %v, %v", name, folds, same, err)
			}
			for p, other := range map[manifest.Path]string{"dir/Read": "rEAD", "é": "É"} {
				same, err := ask(p, other)
				if name == "neither" {
					if !errors.Is(err, sync.ErrNoAnswer) {
						t.Errorf("%s: %v, %v", name, same, err)
					}
					continue
				}
				if same != folds || err != nil {
					t.Errorf("%s, folds %v: %s: %v, %v", name, folds, p, same, err)
				}
			}
			if same, err := ask("gone", "GONE"); !errors.Is(err, sync.ErrNoAnswer) {
				t.Errorf("%s: a name that is not there: %v, %v", name, same, err)
			}
		}
	}
}

// A rename in case only is done in one step or in two, also where the server refuses it,
// or says yes and does nothing. If it cannot be done, the old name stays.
func TestMoveCaseOnly(t *testing.T) {
	for name, fault := range map[string]*ftpserver.Fault{
		"done":                 nil,
		"refused":              {Command: "RNTO", Refuse: "553 exists", Times: 1},
		"yes, and not done":    {Command: "RNTO", Refuse: "250 done", Times: 1},
		"reply lost":           {Command: "RNTO", Lose: true, Times: 1},
		"never done":           {Command: "RNTO", Refuse: "553 exists"},
		"never done, says yes": {Command: "RNTO", Refuse: "250 done"},
	} {
		for _, p := range []manifest.Path{"dir/read", "dir"} {
			t.Run(name+" "+string(p), func(t *testing.T) {
				h := newFixture(t, ftpserver.Options{FoldCase: true})
				h.write("dir/read", "x")
				expect := h.scan(sync.Look{}).At(p)
				if fault != nil {
					h.fault(*fault)
				}
				to := map[manifest.Path]manifest.Path{"dir/read": "dir/READ", "dir": "DIR"}[p]
				out := h.apply(sync.Step{Op: sync.Move, From: p, Path: to, Expect: expect})[0]
				tree := h.scan(sync.Look{})
				done := tree.At(to).Exists() && !tree.At(p).Exists()
				if failed := name == "never done" || name == "never done, says yes"; (out.Err != nil) != failed || done == failed {
					t.Errorf("error %v; shown: new name %v, old name %v", out.Err, tree.At(to).Kind, tree.At(p).Kind)
				}
				if !done && !tree.At(p).Exists() {
					t.Error("the old name is gone")
				}
			})
		}
	}
}
