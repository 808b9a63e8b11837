package replicatest

import (
	"context"

	"ferry/manifest"
	"ferry/sync"
)

// apply carries out a run and returns its outcomes. It fails the test unless
// done is called exactly once for every step, one call at a time.
func (s *side) apply(ctx context.Context, run ...sync.Step) []sync.Outcome {
	s.Helper()
	outs := make([]sync.Outcome, len(run))
	calls := make([]int, len(run))
	one := make(chan struct{}, 1)
	s.Replica.Apply(ctx, run, func(i int, out sync.Outcome) {
		select {
		case one <- struct{}{}:
		default:
			s.Errorf("two calls of done overlap")
		}
		outs[i] = out
		calls[i]++
		<-one
	})
	for i, n := range calls {
		if n != 1 {
			s.Errorf("done was called %d times for step %d", n, i)
		}
	}
	return outs
}

// mustApply carries out one step and ends the test if it fails.
func (s *side) mustApply(step sync.Step) sync.Outcome {
	s.Helper()
	out := s.apply(s.ctx, step)[0]
	if out.Err != nil {
		s.Fatalf("%s %q: %v", step.Op, step.Path, out.Err)
	}
	return out
}

// mustFail carries out one step, which must fail with an error that wraps want. A
// nil want stands for any error.
func (s *side) mustFail(want error, step sync.Step) sync.Outcome {
	s.Helper()
	out := s.apply(s.ctx, step)[0]
	s.wantFailure(want, out)
	return out
}

func (s *side) wantFailure(want error, out sync.Outcome) {
	s.Helper()
	s.wantError(want, out.Err)
	if out.Entry != (manifest.Entry{}) || out.Kept {
		s.Errorf("a failed step returned the entry %+v, kept: %v", out.Entry, out.Kept)
	}
	if out.Ambiguous {
		s.Errorf("the outcome is ambiguous: %v", out.Err)
	}
}

// wantEntry fails the test unless a scan shows the entry of an outcome at p.
func (s *side) wantEntry(p manifest.Path, said manifest.Entry) {
	s.Helper()
	now := s.at(p)
	switch {
	case !now.Exists():
		s.Errorf("nothing at %q", p)
	case !manifest.Unchanged(said, now):
		s.Errorf("at %q a scan shows %+v, the step said %+v", p, now, said)
	case said.ID != 0 && now.ID != 0 && said.ID != now.ID:
		s.Errorf("at %q a scan shows identity %d, the step said %d", p, now.ID, said.ID)
	case said.Name != now.Name:
		s.Errorf("at %q a scan shows name %q, the step said %q", p, now.Name, said.Name)
	}
}
