package cli

import (
	"context"

	"ferry/internal/app"
	"ferry/internal/report"
)

// each does work for every pair, one after another, and returns the exit code that
// counts. An error is told with the name of its pair and does not stop the others; an
// interruption does.
func (prog *program) each(ctx context.Context, pairs []*app.Pair, work func(context.Context, *app.Pair, report.Head) error) int {
	code := ExitOK
	for _, p := range pairs {
		head := headOf(p, prog.common.dryRun, len(pairs) > 1)
		err := work(ctx, p, head)
		if err != nil && ctx.Err() != nil && !said(err) {
			err = app.Interrupted()
		}
		if err != nil {
			prog.tellFailure(head, err)
			code = app.Worse(code, exitCode(err))
		}
		if ctx.Err() != nil {
			return ExitInterrupted
		}
	}
	return code
}

// tellFailure says what ended the work for a pair, in JSON as well where that is
// asked for, unless all has been said already.
func (prog *program) tellFailure(head report.Head, err error) {
	if said(err) {
		return
	}
	if prog.common.json {
		report.WriteError(prog.env.Stdout, head.Profile, err, verdict)
	}
	prog.failPair(head, err)
}

// failPair says what ended the work for a pair, with the name of its profile where
// several run.
func (prog *program) failPair(head report.Head, err error) {
	talk := prog.talk()
	if head.Titled && head.Profile != "" {
		talk.Say("error: ", head.Profile+": "+err.Error())
		talk.Say("hint: ", app.Hint(err))
		return
	}
	if !said(err) {
		talk.Fail(err, app.Hint(err))
	}
}
