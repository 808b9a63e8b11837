package cli

import (
	"context"
	"errors"
	"ferry/internal/app"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// errInterrupted is the cause of a context that a signal cancelled, and errTerminated,
// which wraps it, that of one that SIGTERM cancelled.
var (
	errInterrupted = app.ErrInterrupted
	errTerminated  = fmt.Errorf("%w by SIGTERM", errInterrupted)
)

// terminated reports whether a context was cancelled by SIGTERM, and not by Ctrl-C.
func terminated(cause error) bool { return errors.Is(cause, errTerminated) }

// Signals returns a context that the first SIGINT or SIGTERM cancels, so that a
// pass ends in order. The second one ends the process at once with
// [ExitInterrupted]; the next pass goes on from there. stop restores the signals.
func Signals(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for s := range signals {
			if ctx.Err() != nil {
				os.Exit(ExitInterrupted)
			}
			if s == syscall.SIGTERM {
				cancel(errTerminated)
			}
			cancel(errInterrupted)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}

// grace is how long an interrupted command may take to end in order: to finish a
// rename, to record what was done, to log out. Then the process ends anyway, as after
// a second signal. After graceTold the user is told what it waits for.
const (
	grace     = 2 * time.Second
	graceTold = 300 * time.Millisecond
)

// inTime does work, and returns soon after ctx was cancelled even if work does not: it
// does not wait for a server that has gone silent. It calls tell if ending takes a
// while.
func inTime(ctx context.Context, work func() error, tell func()) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	told, end := time.After(graceTold), time.After(grace)
	for {
		select {
		case err := <-done:
			return err
		case <-told:
			tell()
		case <-end:
			return context.Cause(ctx)
		}
	}
}
