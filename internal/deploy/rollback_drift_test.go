package deploy_test

import (
	"fmt"
	"testing"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/manifest"
)

// TestRollbackKeepsDrift has somebody else make a version of a file, and a rollback or a deploy set
// it aside. It stays for as long as saved versions do, or stands in the site, however many
// releases come and whichever are gone back to.
func TestRollbackKeepsDrift(t *testing.T) {
	const theirs, keep = "theirs", 2
	for _, p := range []manifest.Path{"index.html", "only/2.html", "only/1.html", "only/3.html"} {
		for _, history := range [][]goes{
			{{back: -1}},
			{{deploy: 3}},
			{{back: -1}, {back: 2}, {back: 1}},
			{{back: 1}, {deploy: 4}, {back: -1}},
			{{deploy: 3}, {back: -1}, {back: 3}},
			{{deploy: 3}, {back: -1}, {back: 3}, {back: 2}},
		} {
			what := fmt.Sprintf("%s, %v", p, history)
			m := deploytest.NewMemory()
			options := func(s texts) deploy.Options {
				o := keeping(m.Open(), s)
				o.Policy.Keep, o.Policy.DriftKeep, o.Force = keep, 24*time.Hour, s == nil
				return o
			}
			at := deploy.Place{Path: string(p)}
			check := func(n int) {
				t.Helper()
				if text, _ := m.Content(at); text == theirs {
					return
				}
				saved, err := deploy.SavedVersions(t.Context(), options(nil))
				for _, s := range saved {
					if text, _ := m.Content(s.At); text == theirs {
						return
					}
				}
				t.Errorf("%s: after %d more: %v, %v, in %q", what, n, saved, err, m.Names(true))
			}
			run(t, options(releaseN(1)))
			run(t, options(releaseN(2)))
			m.Write(at, theirs)
			for _, g := range history {
				if g.deploy != 0 {
					run(t, options(releaseN(g.deploy)))
				} else if _, err := deploy.Rollback(t.Context(), options(nil), max(g.back, 0)); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				check(0)
			}
			for n := range keep + 2 {
				run(t, options(releaseN(10+n)))
				check(n)
			}
		}
	}
}
