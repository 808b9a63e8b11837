package deploy_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
)

// A slow server takes long for a commit.
type slow struct {
	*deploytest.Machine
	takes time.Duration
	begun func()
}

func (s *slow) Apply(ctx context.Context, groups [][]deploy.Chain) ([][][]error, error) {
	if len(groups) > 1 {
		s.begun()
		select {
		case <-time.After(s.takes):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return s.Machine.Apply(ctx, groups)
}

// A commit may take as long as it wants, until it is interrupted.
func TestLongCommit(t *testing.T) {
	for _, c := range []struct {
		takes       time.Duration
		interrupted bool
		live        bool
	}{{time.Hour, false, true}, {time.Minute, true, true}, {time.Hour, true, false}} {
		synctest.Test(t, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			m := deploytest.NewMemory()
			server := &slow{m.Open(), c.takes, func() {
				if c.interrupted {
					interrupt()
				}
			}}
			began := time.Now()
			result, err := deploy.Run(ctx, keeping(server, texts{"page": "1", "dir/x": "x"}))
			if result.Committed != c.live || !c.interrupted && err != nil || time.Since(began) > time.Hour {
				t.Errorf("%+v: committed %t after %v, %v", c, result.Committed, time.Since(began), err)
			}
		})
	}
}
