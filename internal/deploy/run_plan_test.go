package deploy_test

import (
	"context"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
)

// A losing server says that files are stored, and keeps less of some of them.
type losing struct {
	*deploytest.Machine
	m     *deploytest.Memory
	lose  string
	times int
	kept  string // what it keeps of the content
}

func (s *losing) Upload(ctx context.Context, files []deploy.Upload, done func(i int, r deploy.Uploaded)) error {
	return s.Machine.Upload(ctx, files, func(i int, r deploy.Uploaded) {
		if files[i].Name == s.lose && s.times > 0 && files[i].Unseen {
			s.times--
			if s.m.Remove(deploy.Work(s.lose)); s.kept != "" {
				s.m.Write(deploy.Work(s.lose), s.kept)
			}
		}
		done(i, r)
	})
}

// TestPlanIsWhole has a server that loses the plan, or a part of it. It is never committed so.
func TestPlanIsWhole(t *testing.T) {
	for _, name := range []string{"stage/plan", "stage/release", "stage/state"} {
		for _, kept := range []string{"", "a part"} {
			m := deploytest.NewMemory()
			run(t, maintained(m.Open(), before))
			server := &losing{Machine: m.Open(), m: m, lose: name, times: 1, kept: kept}
			o := maintained(server.Machine, after)
			o.Server, o.Policy.Keep = server, 2
			if r := run(t, o); !r.Committed || server.times != 0 {
				t.Errorf("%s: %+v", name, r)
			}
			o = maintained(m.Open(), after)
			o.Policy.Keep = 2
			if r := run(t, o); !r.Nothing() {
				t.Errorf("%s: the deploy after it: %+v", name, r)
			}
			if _, err := deploy.Rollback(context.Background(), o, 0); err != nil {
				t.Errorf("%s: going back: %v", name, err)
			}
			if text, _ := m.Content(deploy.Place{Path: "index.html"}); text != before["index.html"] {
				t.Errorf("%s: it is %q after the way back", name, text)
			}
		}
	}
}

// TestRollbackStoresItsPlanWhole holds that a way back looks at its plan before it commits.
func TestRollbackStoresItsPlanWhole(t *testing.T) {
	m := deploytest.NewMemory()
	o := maintained(m.Open(), before)
	o.Policy.Keep = 2
	run(t, o)
	o = maintained(m.Open(), after)
	o.Policy.Keep = 2
	run(t, o)
	server := &losing{Machine: m.Open(), m: m, lose: "stage/plan", times: 1}
	o.Server = server
	if _, err := deploy.Rollback(context.Background(), o, 0); err != nil || server.times != 1 {
		t.Errorf("a plan that nobody looks at: %v", err)
	}
}
