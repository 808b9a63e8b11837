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

// terminated reports whether the cause of a context is that the process was told
// to end, and not that somebody pressed Ctrl-C.
func terminated(cause error) bool { return errors.Is(cause, errTerminated) }

// Signals returns a context that the first SIGINT or SIGTERM cancels, so that a
// pass ends in order. The second one leaves the process at once with
// [ExitInterrupted]; the next pass goes on from there. stop gives the signals
// back.
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

// grace is how long an interrupted command may take to leave in order: to bring
// a rename to its end, to record what was done, to say goodbye to the server.
// Then it is left where it stands, as the second signal would have it. After
// graceTold the user hears what is waited for.
const (
	grace     = 2 * time.Second
	graceTold = 300 * time.Millisecond
)

// inTime does work, and returns soon after ctx was cancelled even where work
// does not: a server that has gone silent is not waited for. It calls tell
// where leaving takes a while.
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
