package cli

import (
	"context"
	"fmt"

	"ferry/internal/app"
	"ferry/internal/report"
)

// worstOf does work for every pair, one after another, and returns the worst of the exit
// codes. Only an interruption keeps it from going on.
func worstOf(ctx context.Context, pairs []*app.Pair, work func(*app.Pair) int) int {
	code := ExitOK
	for _, p := range pairs {
		code = app.Worse(code, work(p))
		if ctx.Err() != nil {
			return ExitInterrupted
		}
	}
	return code
}

// each is worstOf for work that returns an error, which is told with the name of its
// pair.
func (prog *program) each(ctx context.Context, pairs []*app.Pair, work func(context.Context, *app.Pair, report.Head) error) int {
	return worstOf(ctx, pairs, func(p *app.Pair) int {
		head := headOf(p, prog.common.dryRun, len(pairs) > 1)
		err := work(ctx, p, head)
		if err != nil && ctx.Err() != nil && !said(err) {
			err = app.Interrupted()
		}
		prog.endWait()
		if err != nil {
			prog.tellFailure(head, p, err)
		}
		return exitCode(err)
	})
}

// tellFailure says what ended the work for a pair, in JSON as well where that is
// asked for, unless all has been said already.
func (prog *program) tellFailure(head report.Head, p *app.Pair, err error) {
	prog.endWait()
	if said(err) {
		return
	}
	if prog.common.json {
		report.WriteError(prog.env.Stdout, head.Profile, err, verdictOf(p))
	}
	prog.failPair(head, p, err)
}

// failPair says what ended the work for a pair, with the name of its profile where
// several run.
func (prog *program) failPair(head report.Head, p *app.Pair, err error) {
	prog.endWait()
	if head.Titled && head.Profile != "" {
		err = fmt.Errorf("%s: %w", head.Profile, err)
	}
	prog.talk().Fail(err, app.HintFor(err, p))
}
