package deploy_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
)

// TestDamagedCommit damages the plan of a commit that broke off. What it has set aside is in the
// work directory for good.
func TestDamagedCommit(t *testing.T) {
	for n := range 8 {
		m := deploytest.NewMemory()
		run(t, keeping(m.Open(), texts{"page": "1", "other": "1"}))
		m.Write(deploy.Place{Path: "page"}, "a hotfix")
		server := m.Open()
		o := keeping(server, texts{"page": "22", "other": "22"})
		o.Staged = func(context.Context, *deploy.Plan) error { server.KillAfter(n); return nil }
		if _, err := deploy.Run(t.Context(), o); err == nil {
			continue
		}
		if _, began := m.Content(deploy.Work("stage/commit")); !began {
			continue
		}
		m.Write(deploy.Work("stage/commit"), "?")
		m.Write(deploy.Place{Path: "page"}, "another hotfix")
		m.Write(deploy.Place{Path: "other"}, "theirs")
		run(t, keeping(m.Open(), texts{"page": "333", "other": "333"}))
		wantSite(t, "deployed", m, texts{"page": "333", "other": "333"})
		found := map[string]bool{}
		for _, name := range m.Names(true) {
			text, _ := m.Content(deploy.Work(name))
			found[text] = true
		}
		for _, text := range []string{"another hotfix", "theirs"} {
			if !found[text] {
				t.Errorf("killed at %d: %q is lost", n, text)
			}
		}
		if n >= 4 && !found["a hotfix"] {
			t.Errorf("killed at %d: what was saved is lost: %v", n, slices.Collect(maps.Keys(found)))
		}
	}
}

// TestTidyingIsFinished kills a deploy at every step to its end. Once it is taken up, nothing is
// left in the stage, and the release before can be gone back to.
func TestTidyingIsFinished(t *testing.T) {
	for killed := range 45 {
		m := deploytest.NewMemory()
		run(t, keeping(m.Open(), releaseN(1)))
		server := m.Open()
		server.KillAfter(killed)
		_, _ = deploy.Run(t.Context(), keeping(server, releaseN(2)))
		run(t, keeping(m.Open(), releaseN(2)))
		for _, name := range m.Names(true) {
			if strings.HasPrefix(name, "stage") {
				t.Errorf("killed at %d: %s is left", killed, name)
			}
		}
		if _, err := deploy.Rollback(t.Context(), keeping(m.Open(), nil), 0); err != nil {
			t.Errorf("killed at %d: %v", killed, err)
		}
		wantSite(t, "gone back", m, releaseN(1))
	}
}
