package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ferry/internal/daemon"
	"ferry/manifest"
	"ferry/sync/watch"
)

// watchDir is where the sockets of watched pairs are.
func (o *Opener) watchDir() string { return filepath.Join(o.StateDir, "watch") }

// Watched asks the other process that watches a pair what it is doing. The report is
// nil where no process watches it.
func (o *Opener) Watched(ctx context.Context, p *Pair) (*WatchReport, error) {
	peer := o.watcherOf(ctx, p)
	if peer == nil {
		return nil, nil
	}
	defer peer.Close()
	report, err := peer.Report(ctx)
	if err != nil {
		return nil, &Error{Code: ExitLocked, Err: err}
	}
	return &report, nil
}

// watcherOf returns the other process that watches a pair, nil where none does.
func (o *Opener) watcherOf(ctx context.Context, p *Pair) *daemon.Peer {
	peer, err := daemon.Find(ctx, o.watchDir(), p.StateKey())
	if err != nil {
		return nil
	}
	if peer.PID() == os.Getpid() {
		_ = peer.Close()
		return nil
	}
	return peer
}

// watchedBy returns the error of a pass over a pair that another process watches.
func watchedBy(pid int) error {
	return &Error{
		Code: ExitLocked, Err: fmt.Errorf("\"ferry watch\" (process %d) keeps this pair in sync", pid),
		Hint: "it carries changes over by itself, and \"ferry status\" shows what it is doing; it runs until it is stopped, so do not wait for it: to make a pass by hand, stop it",
	}
}

// watchedElsewhere returns the error of a second watch over a pair.
func (o *Opener) watchedElsewhere(p *Pair) error {
	hint := "stop it, or wait for its end with --wait"
	if peer := o.watcherOf(context.Background(), p); peer != nil {
		hint = fmt.Sprintf("it is \"ferry watch\", process %d; \"ferry status\" shows what it is doing", peer.PID())
		_ = peer.Close()
	}
	return &Error{Code: ExitLocked, Err: manifest.ErrLocked, Hint: hint}
}

// handoverTold is how long a handover may take before the user is told.
const handoverTold = 500 * time.Millisecond

// TakeOver has the process that watches a pair hand it over, until giveBack is called.
// Where no process watches it there is nothing to do.
func (o *Opener) TakeOver(ctx context.Context, p *Pair) (giveBack func() error, err error) {
	nothing := func() error { return nil }
	if p.held {
		return nothing, nil
	}
	peer := o.watcherOf(ctx, p)
	if peer == nil {
		return nothing, nil
	}
	told := time.AfterFunc(handoverTold, func() {
		o.Talk.Note("waiting for \"ferry watch\" (process %d) to end its pass and hand over the pair", peer.PID())
	})
	err = peer.TakeOver(ctx)
	told.Stop()
	if err != nil {
		return nothing, errors.Join(&Error{Code: ExitLocked, Err: err}, peer.Close())
	}
	p.held = true
	return func() error {
		p.held = false
		return peer.Close()
	}, nil
}

// takeOverHalted makes sure that no other process keeps the pair in step while a pass
// is made. A watch that is halted hands it over: a person has to decide what happens,
// and this pass may be the decision. So does one that a person has paused.
func (o *Opener) takeOverHalted(ctx context.Context, p *Pair) (giveBack func() error, err error) {
	nothing := func() error { return nil }
	if p.held {
		return nothing, nil
	}
	peer := o.watcherOf(ctx, p)
	if peer == nil {
		return nothing, nil
	}
	defer peer.Close()
	report, err := peer.Report(ctx)
	if err != nil || report.State != watch.Halted && report.State != watch.Paused {
		return nothing, watchedBy(peer.PID())
	}
	return o.TakeOver(ctx, p)
}
