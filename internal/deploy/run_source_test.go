package deploy_test

import (
	"context"
	"errors"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/sync"
)

// An endless source is read until the deploy ends.
type endless struct {
	texts
	ended bool
}

func (s *endless) Files(ctx context.Context) ([]deploy.LocalFile, error) {
	<-ctx.Done()
	s.ended = true
	return nil, ctx.Err()
}

// TestSourceIsLeft has a deploy that cannot begin: nobody reads the local directory after it.
func TestSourceIsLeft(t *testing.T) {
	for _, directory := range []bool{false, true} {
		m := deploytest.NewMemory()
		m.Beside = directory
		unlock, _, err := m.Open().Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer unlock()
		source := new(endless)
		o := keeping(m.Open(), nil)
		o.Source, o.Directory = source, directory
		if _, err := deploy.Run(t.Context(), o); !errors.Is(err, sync.ErrHeld) || !source.ended {
			t.Errorf("directory %t: %v, the source is left: %t", directory, err, source.ended)
		}
	}
}

// TestOnlyFinished has a run that only finishes the release of another one: it went live now, and
// it is told which one was live before.
func TestOnlyFinished(t *testing.T) {
	m := deploytest.NewMemory()
	run(t, keeping(m.Open(), releaseN(1)))
	run(t, keeping(m.Open(), releaseN(2)))
	server := m.Open()
	o := keeping(server, releaseN(3))
	o.Staged = func(context.Context, *deploy.Plan) error { server.KillAfter(4); return nil }
	if _, err := deploy.Run(t.Context(), o); err == nil {
		t.Fatal("it was not killed")
	}
	r := run(t, keeping(m.Open(), releaseN(3)))
	if !r.WentLive() || r.Committed || r.Finished != 3 || r.Release != 3 || r.Previous != 2 {
		t.Errorf("%+v", r)
	}
	if r := run(t, keeping(m.Open(), releaseN(3))); r.WentLive() {
		t.Errorf("nothing was to be done: %+v", r)
	}
}

// A directory that makes way for a file is no deleted file.
func TestDirectoriesAreNotCounted(t *testing.T) {
	m := deploytest.NewMemory()
	run(t, keeping(m.Open(), texts{"page/sub/x": "x", "y": "y"}))
	r := run(t, keeping(m.Open(), texts{"page": "now a file", "y": "y"}))
	if record := r.Plan.Release.Record(); r.Deleted != 1 || record.Deleted != 1 {
		t.Errorf("deleted %d, in the record %d", r.Deleted, record.Deleted)
	}
}
