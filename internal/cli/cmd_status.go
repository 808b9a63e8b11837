package cli

import (
	"context"
	"errors"
	"ferry/internal/app"

	"github.com/spf13/cobra"
)

const statusHelp = `Print what "ferry sync" would do, and do nothing: no file is written, on neither
side, and nothing is remembered. With two URLs it is what "ferry copy" would do.

  what happened here   what happened there
    new      ---->            css/new.css        4.1 kB
             <----  changed   data/log.txt        18 kB
    changed  <-?->  changed   index.html         keep both

--explain PATH says what ferry knows of one path: the pattern that decides whether it
is ignored, both sides, what the last pass recorded, and what a pass would do with it
and why. A watch hands the pair over for that.

A pair that "ferry watch" keeps in sync is not scanned: the watch says what it is
doing. If it is halted because a pass would not be safe, the plan of that pass
follows. Profiles with deploy: are left out and named; "ferry deploy --dry-run" is
for them.

EXIT STATUS
  0 whatever the plan is; with --exit-code only where nothing is to be done (a conflict
    copy that waits for you is named, and does not count)
  1 failed
  2 wrong usage or configuration
  3 a part of a side could not be read, so that the plan is not whole
  4 could not connect or log in
  6 a pass would be refused as unsafe
  7 another run holds this pair
 10 with --exit-code: something is to be done, or a watched pair is not in sync`

func statusCommand(prog *program) *cobra.Command {
	var flags passFlags
	var pending bool
	var explain value[string]
	cmd := &cobra.Command{
		Use:               "status [PROFILE... | LOCAL URL | SOURCE-URL TARGET-URL]",
		Short:             "Print what a pass would do, or what a watch is doing",
		Long:              statusHelp,
		Example:           "  ferry status\n  ferry status site --exit-code --quiet || echo \"not in sync\"",
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.register(cmd.Flags())
	flags.registerOnly(cmd.Flags())
	flags.direction.register(cmd.Flags())
	cmd.Flags().BoolVar(&pending, "exit-code", false, "exit 10 where changes are pending")
	explain.add(cmd.Flags(), "explain", "say what ferry knows of `PATH`, and what a pass would do with it and why", parseString)
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		if ofCopy(args) {
			if explain.set || flags.direction.set || len(flags.only) > 0 {
				return app.Usage(errors.New("a copy knows neither --explain, --direction nor --only"), "leave them out")
			}
			f := copyFlags{passFlags: flags}
			p, err := f.pair(prog, args)
			if err != nil {
				return err
			}
			p.Verify, p.Target.Verify = true, true
			return exit(prog.pass(cmd.Context(), p, f.options(true), false, pending))
		}
		pairs, err := prog.passPairs(args, &flags, nil)
		if err != nil {
			return err
		}
		if explain.set {
			return prog.explainStatus(cmd.Context(), pairs, explain.v)
		}
		return exit(prog.statuses(cmd.Context(), pairs, flags.options(true), pending))
	})
	return cmd
}

// statuses shows the state of each pair: what its watch says, or what a pass
// would do.
func (prog *program) statuses(ctx context.Context, pairs []*app.Pair, o app.PassOptions, pending bool) int {
	for _, p := range pairs {
		p.Verify = true // status looks at both sides whole, also where a push would not
	}
	return worstOf(ctx, pairs, func(p *app.Pair) int { return prog.status(ctx, p, o, len(pairs) > 1, pending) })
}

// status shows the state of one pair.
func (prog *program) status(ctx context.Context, p *app.Pair, o app.PassOptions, titled, pending bool) int {
	watched, err := prog.opener().Watched(ctx, p)
	if err != nil {
		prog.tellFailure(headOf(p, true, titled), p, err)
		return exitCode(err)
	}
	if watched == nil {
		return prog.pass(ctx, p, o, titled, pending)
	}
	prog.tellWatched(*watched, p)
	code := ExitOK
	if pending && !watched.InStep {
		code = ExitPending
	}
	if watched.State == app.Halted && watched.Exit == ExitUnsafe {
		code = app.Worse(code, prog.haltedPlan(ctx, p, o, titled, pending))
	}
	return code
}

// haltedPlan prints the plan that was not safe, for somebody to decide.
func (prog *program) haltedPlan(ctx context.Context, p *app.Pair, o app.PassOptions, titled, pending bool) int {
	giveBack, err := prog.opener().TakeOver(ctx, p)
	if err != nil {
		prog.tellFailure(headOf(p, true, titled), p, err)
		return exitCode(err)
	}
	defer giveBack()
	code := prog.pass(ctx, p, o, titled, pending)
	if code == ExitUnsafe {
		return ExitOK // the state says it
	}
	return code
}
