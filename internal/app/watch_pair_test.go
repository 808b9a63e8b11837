package app

import (
	"context"
	"errors"
	"testing"

	"ferry/internal/daemon"
	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// TestRailsOutlastAConnection holds that every engine of a watched pair goes on
// with what the ones before it have counted.
func TestRailsOutlastAConnection(t *testing.T) {
	var opts []PassOptions
	o := NewOpener(Options{Open: func(_ context.Context, _ *Pair, o PassOptions) (*OpenPair, error) {
		opts = append(opts, o)
		return nil, errors.New("nobody there")
	}})
	wp := &watchedPair{opener: o, claim: new(daemon.Claim)}
	for range 2 {
		if _, err := wp.connect(t.Context()); err == nil {
			t.Fatal("it is connected")
		}
	}
	if opts[0].deletions == nil || opts[0].deletions != opts[1].deletions {
		t.Errorf("counted in %p, then in %p", opts[0].deletions, opts[1].deletions)
	}
}

func TestHalts(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{errors.New("whatever"), false},
		{&sync.UnsafeError{What: "all gone"}, true},
		{Usage(errors.New("no password"), ""), true},
		{&ftp.Error{Class: ftp.Connect}, false},
		{&ftp.Error{Class: ftp.Busy}, false},
		{&ftp.Error{Class: ftp.Login}, true},
		{&ftp.Error{Class: ftp.Server}, true},
		{manifest.ErrLocked, false},
		{sync.ErrHeld, false},
		{&Error{Code: ExitHook, Err: errors.New("before hook")}, false},
	} {
		if got := halts(c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}
