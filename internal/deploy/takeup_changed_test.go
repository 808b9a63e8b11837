package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
)

// TestChangedBeforeTakeUp has somebody else write a file after a deploy was killed, and the run
// that takes it up be killed as well. That version stands in the site or is listed as saved.
func TestChangedBeforeTakeUp(t *testing.T) {
	first, second := texts{"page": "1", "old": "1"}, texts{"page": "22", "new": "22"}
	for _, p := range []string{"page", "old", "new"} {
		for killed := range 14 {
			for i, again := range []int{2, 7, 11} {
				keep := (killed + i) % 2
				what := fmt.Sprintf("%s, keep %d, killed at %d and %d", p, keep, killed, again)
				m := deploytest.NewMemory()
				options := func(server deploy.Server, s texts) deploy.Options {
					o := keeping(server, s)
					o.Policy.Keep = keep
					return o
				}
				run(t, options(m.Open(), first))
				server := m.Open()
				o := options(server, second)
				o.Staged = func(context.Context, *deploy.Plan) error {
					server.KillAfter(killed)
					return nil
				}
				_, _ = deploy.Run(t.Context(), o)
				at := deploy.Place{Path: p}
				m.Write(at, theirs)
				server = m.Open()
				server.KillAfter(again)
				_, _ = deploy.Run(t.Context(), options(server, second))
				run(t, options(m.Open(), second))
				run(t, options(m.Open(), texts{"page": "333", "new": "333"}))
				saved, err := deploy.SavedVersions(t.Context(), options(m.Open(), nil))
				if err != nil {
					t.Fatal(err)
				}
				text, _ := m.Content(at)
				for _, s := range saved {
					if text != theirs {
						text, _ = m.Content(s.At)
					}
				}
				if text != theirs {
					t.Errorf("%s: lost; saved %v, in %q", what, saved, m.Names(true))
				}
			}
		}
	}
}

// TestOldVersionOverwritten has the server refuse to set an old version aside, and put the new one
// over it. That is told, and nobody goes back to a mixture.
func TestOldVersionOverwritten(t *testing.T) {
	page, other := deploy.Place{Path: "page"}, deploy.Place{Path: "other"}
	first, second := texts{"page": "1", "other": "1", "third": "1"}, texts{"page": "22", "other": "22", "third": "22"}
	for _, alsoFails := range []bool{false, true} {
		m := deploytest.NewMemory()
		run(t, keeping(m.Open(), first))
		m.Refuse = func(s deploy.Step) error {
			if s.From == page && strings.HasPrefix(s.To.Path, "stage/b/") || alsoFails && s.To == other && strings.HasPrefix(s.From.Path, "stage/s/") {
				return errNo
			}
			return nil
		}
		var warned []string
		options := func(s texts) deploy.Options {
			o := keeping(m.Open(), s)
			o.Observer = func(e deploy.Event) {
				if w, ok := e.(deploy.Warned); ok {
					warned = append(warned, w.Text)
				}
			}
			return o
		}
		result, err := deploy.Run(t.Context(), options(second))
		if alsoFails {
			if text, _ := m.Content(page); err == nil || text != "22" {
				t.Errorf("the page is %q, %v", text, err)
			}
			m.Refuse = nil
			result, err = deploy.Run(t.Context(), options(second))
		}
		if err != nil || len(result.Failed) > 0 || len(warned) == 0 || !strings.Contains(warned[0], `"page"`) || strings.Contains(strings.Join(warned, ""), "other") {
			t.Errorf("also fails: %v: %v, %v, warned %q", alsoFails, err, result.Failed, warned)
		}
		wantSite(t, "deployed", m, second)
		m.Refuse = nil
		_, err = deploy.Rollback(t.Context(), options(nil), 0)
		if !errors.Is(err, deploy.ErrNotKept) || !strings.Contains(err.Error(), `"page"`) {
			t.Errorf("rollback: %v", err)
		}
		wantSite(t, "not rolled back", m, second)
		run(t, options(texts{"page": "333"}))
		if _, err := deploy.Rollback(t.Context(), options(nil), 0); err != nil {
			t.Error(err)
		}
		wantSite(t, "rolled back to it", m, second)
	}
}
