package readonly

import (
	"context"
	"errors"
	"testing"

	"ferry/sync"
)

// A nobody fails whatever is asked of it.
type nobody struct{ Store }

func TestNothingIsChanged(t *testing.T) {
	side := Side{Store: nobody{}} // each call that gets through is a nil pointer
	if _, err := side.Root(context.Background(), true); !errors.Is(err, sync.ErrUnsupported) {
		t.Errorf("making the root: %v", err)
	}
	steps := []sync.Step{{Op: sync.Put, Path: "a"}, {Op: sync.Remove, Path: "b"}}
	n := 0
	side.Apply(context.Background(), steps, func(i int, out sync.Outcome) {
		if n++; !errors.Is(out.Err, sync.ErrUnsupported) {
			t.Errorf("%s: %v", steps[i].Path, out.Err)
		}
	})
	if n != len(steps) {
		t.Errorf("%d outcomes, want %d", n, len(steps))
	}
	if side.Leftovers() || side.Sweep(context.Background(), sync.Sweep{}) != nil {
		t.Error("it sweeps")
	}
	if freed, err := side.Discard(context.Background(), nil); freed != 0 || err != nil {
		t.Error("it discards")
	}
	if _, locks := any(side).(sync.Locker); locks {
		t.Error("it takes a lock")
	}
}
