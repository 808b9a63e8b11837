package cli

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
func (a *app) watchDir() string { return filepath.Join(a.stateDir(), "watch") }

// watcherOf returns the other process that watches a pair, nil where none does.
func (a *app) watcherOf(ctx context.Context, p *pair) *daemon.Peer {
	peer, err := daemon.Find(ctx, a.watchDir(), p.StateKey())
	if err != nil {
		return nil
	}
	if peer.PID() == os.Getpid() {
		_ = peer.Close()
		return nil
	}
	return peer
}

// watchedBy returns the error of a command that would need a pair which a
// process watches.
func watchedBy(pid int) error {
	return &codeError{
		code: ExitLocked, err: fmt.Errorf("\"ferry watch\" (process %d) keeps this pair in step", pid),
		hint: "it carries changes over by itself, and does not end by itself: do not wait for it; \"ferry status\" shows what it is doing; stop it to make a pass by hand",
	}
}

// watchedElsewhere returns the error of a second watch over a pair.
func (a *app) watchedElsewhere(p *pair) error {
	hint := "stop it, or wait for its end with --wait"
	if peer := a.watcherOf(context.Background(), p); peer != nil {
		hint = fmt.Sprintf("it is \"ferry watch\", process %d; \"ferry status\" shows what it is doing", peer.PID())
		_ = peer.Close()
	}
	return &codeError{code: ExitLocked, err: manifest.ErrLocked, hint: hint}
}

// lendTold is how long nothing is said while a pass is waited for.
const lendTold = 500 * time.Millisecond

// borrow has the process that watches a pair let go of it until giveBack is
// called. Where none does there is nothing to do.
func (a *app) borrow(ctx context.Context, p *pair) (giveBack func() error, err error) {
	nothing := func() error { return nil }
	if p.borrowed {
		return nothing, nil
	}
	peer := a.watcherOf(ctx, p)
	if peer == nil {
		return nothing, nil
	}
	told := time.AfterFunc(lendTold, func() {
		a.talk().note("waiting for \"ferry watch\" (process %d) to end its pass and to lend the pair", peer.PID())
	})
	err = peer.TakeOver(ctx)
	told.Stop()
	if err != nil {
		return nothing, errors.Join(&codeError{code: ExitLocked, err: err}, peer.Close())
	}
	p.borrowed = true
	return func() error {
		p.borrowed = false
		return peer.Close()
	}, nil
}

// yield sees to it that nobody watches a pair over which a pass is to be made.
// From a watch that is halted the pair is borrowed: a person has to decide, and
// this may be the decision.
func (a *app) yield(ctx context.Context, p *pair) (giveBack func() error, err error) {
	nothing := func() error { return nil }
	if p.borrowed {
		return nothing, nil
	}
	peer := a.watcherOf(ctx, p)
	if peer == nil {
		return nothing, nil
	}
	defer peer.Close()
	report, err := peer.Report(ctx)
	if err != nil || report.State != watch.Halted {
		return nothing, watchedBy(peer.PID())
	}
	return a.borrow(ctx, p)
}
