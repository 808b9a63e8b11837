package deploy_test

import (
	"context"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
)

// TestInterruptedIsNoLostState kills a deploy at every step, the first one and a later one. The next
// run says that it goes on, and warns of no state that is missing.
func TestInterruptedIsNoLostState(t *testing.T) {
	for _, later := range []bool{false, true} {
		tookUp := false
		for killed := range 16 {
			m := deploytest.NewMemory()
			if later {
				run(t, keeping(m.Open(), releaseN(1)))
			}
			server := m.Open()
			o := keeping(server, releaseN(2))
			server.KillAfter(killed)
			_, _ = deploy.Run(t.Context(), o)
			o = keeping(m.Open(), releaseN(2))
			o.Observer = func(e deploy.Event) {
				switch e := e.(type) {
				case deploy.Warned:
					t.Errorf("later %v, killed at %d: warned of %q", later, killed, e.Text)
				case deploy.Noticed:
					tookUp = tookUp || strings.Contains(e.Text, "taken up")
				}
			}
			run(t, o)
			wantSite(t, "taken up", m, releaseN(2))
		}
		if tookUp == later {
			t.Errorf("later %v, taken up: %v", later, tookUp)
		}
	}
}

// The state is lost, and what a later release has staged is there: that is told.
func TestLostStateWithAStage(t *testing.T) {
	m := deploytest.NewMemory()
	run(t, keeping(m.Open(), releaseN(1)))
	run(t, keeping(m.Open(), releaseN(2)))
	o := keeping(m.Open(), releaseN(3))
	o.Staged = func(context.Context, *deploy.Plan) error { return errNo }
	if _, err := deploy.Run(t.Context(), o); err == nil {
		t.Fatal("it goes live")
	}
	for _, name := range []string{"state", "state.old", "d"} {
		m.Remove(deploy.Work(name))
	}
	warned := ""
	o = keeping(m.Open(), releaseN(3))
	o.Observer = func(e deploy.Event) {
		if w, ok := e.(deploy.Warned); ok {
			warned += w.Text
		}
	}
	run(t, o)
	if !strings.Contains(warned, "is missing") {
		t.Errorf("warned of %q", warned)
	}
}
