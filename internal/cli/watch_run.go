package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"ferry/internal/app"
	"ferry/internal/dashboard/act"
	"ferry/internal/report"
)

// watch keeps pairs in step until ctx ends.
func (prog *program) watch(ctx context.Context, args []string, flags *watchFlags) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	show := &watchScreen{prog: prog}
	reload := make(chan struct{})
	w, err := app.NewWatch(ctx, app.WatchOptions{
		Opener: prog.opener(),
		Load: func() (pairs []*app.Pair, err error) {
			pairs, err = prog.watchPairs(args, flags)
			show.pairs = len(pairs)
			return pairs, err
		},
		View:         show.view,
		Redraw:       show.redraw,
		Reload:       reload,
		Act:          act.Do,
		ReloadFailed: func(err error) { prog.tellFailure(report.Head{}, nil, err) },
		Wait:         flags.wait || flags.waitLimit.set,
		WaitLimit:    flags.waitLimit.v,
	})
	if err != nil {
		return err
	}
	serve := func(context.Context) error { return nil }
	if flags.served {
		if serve, err = flags.page.Start(prog.pageWorld(), false); err != nil {
			return err
		}
	}
	prog.staying = true
	defer show.begin(w)()
	var page sync.WaitGroup
	defer func() {
		end(nil)
		page.Wait()
	}()
	page.Go(func() {
		if err := serve(ctx); err != nil {
			prog.tellFailure(report.Head{}, nil, fmt.Errorf("the dashboard has ended, and the watch goes on: %w", err))
		}
	})
	asked, stop := reloadSignals()
	defer stop()
	go prog.passSignalsOn(ctx, asked, reload, end)
	return prog.stopped(w.Run(ctx))
}

// watchPairs returns the pairs to keep in step.
func (prog *program) watchPairs(args []string, flags *watchFlags) ([]*app.Pair, error) {
	pairs, err := prog.passPairs(args, &flags.passFlags, nil)
	for _, p := range pairs {
		flags.poll.over(&p.Poll)
		if err == nil && p.Blind {
			err = onlyPushIsBlind()
		}
	}
	return pairs, err
}

// passSignalsOn passes the signals on that ask for the configuration to be read again,
// until ctx ends.
func (prog *program) passSignalsOn(ctx context.Context, asked <-chan os.Signal, reload chan<- struct{}, end context.CancelCauseFunc) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-asked:
		}
		if hungUp(prog.env.StderrTerminal) {
			end(errTerminated)
			return
		}
		select {
		case <-ctx.Done():
			return
		case reload <- struct{}{}:
		}
	}
}

// stopped returns what a watch ends with, given what stopped it. A service that is told
// to stop and stops has done well.
func (prog *program) stopped(cause error) error {
	if !errors.Is(cause, errInterrupted) && !errors.Is(cause, context.Canceled) {
		return cause
	}
	prog.talk().Note("stopped: what was finished is recorded")
	if terminated(cause) {
		return nil
	}
	return exit(ExitInterrupted)
}
