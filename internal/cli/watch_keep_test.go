package cli

import (
	"context"
	"errors"
	"testing"

	"ferry/internal/daemon"
)

// TestRailsOutlastAConnection holds that every engine of a watched pair goes on
// with what the ones before it have counted.
func TestRailsOutlastAConnection(t *testing.T) {
	var opts []passOptions
	a := &app{open: func(_ context.Context, _ *app, _ *pair, o passOptions) (*opened, error) {
		opts = append(opts, o)
		return nil, errors.New("nobody there")
	}}
	k := &keeping{app: a, claim: new(daemon.Claim)}
	for range 2 {
		if _, err := k.connect(t.Context()); err == nil {
			t.Fatal("it is connected")
		}
	}
	if opts[0].spent == nil || opts[0].spent != opts[1].spent {
		t.Errorf("counted in %p, then in %p", opts[0].spent, opts[1].spent)
	}
}
