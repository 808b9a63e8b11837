package cli

import (
	"context"
	"fmt"

	"ferry/internal/app"
	"ferry/internal/app/copying"
	"ferry/internal/report"
)

// passes makes a pass over each pair, one after another, and returns the worst of the
// exit codes.
func (prog *program) passes(ctx context.Context, pairs []*app.Pair, o app.PassOptions) int {
	return worstOf(ctx, pairs, func(p *app.Pair) int { return prog.pass(ctx, p, o, len(pairs) > 1, false) })
}

// pass makes and shows one pass, and returns its exit code. pending makes a plan that is
// not empty count as [ExitPending].
func (prog *program) pass(ctx context.Context, p *app.Pair, o app.PassOptions, titled, pending bool) int {
	head := headOf(p, o.DryRun, titled)
	if head.Titled || head.DryRun {
		prog.sayHead(head)
	}
	talk := prog.talk()
	if titled {
		talk.Name = head.Profile
	}
	show := prog.newPass(p, head)
	prog.dialing = show.Connecting
	defer func() { prog.dialing = nil }()
	pass := &app.Pass{Opener: prog.opener(), Pair: p, Options: o, Report: show, Talk: talk}
	run := pass.Run
	if p.Target != nil {
		run = func(ctx context.Context) app.PassResult { return copying.Run(ctx, pass) }
	}
	result := run(ctx)
	if result.Err != nil && result.HookErr != nil {
		prog.tellFailure(head, p, result.HookErr)
	}
	err := result.Error()
	show.End(result.Summary, err)
	if err != nil {
		prog.failPair(head, p, err)
	}
	code := app.PassCode(result.Summary, err)
	if pending && result.Pending && code == ExitOK {
		return ExitPending
	}
	return code
}

// sayHead names the two sides of a pass, and the way that changes go.
func (prog *program) sayHead(head report.Head) {
	line := head.Line()
	if head.DryRun && head.Titled && !prog.common.json && !prog.common.quiet {
		fmt.Fprintln(prog.env.Stdout, line) // a part of the result: what follows is about this pair
		return
	}
	prog.talk().Note("%s", line)
}
