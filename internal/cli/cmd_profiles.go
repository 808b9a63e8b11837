package cli

import (
	"context"

	"ferry/internal/app"
	"ferry/internal/history"
	"ferry/internal/report"

	"github.com/spf13/cobra"
)

const profilesHelp = `Print the profiles of ferry.yaml: their two sides and direction, whether you trust the
file, the last pass and what it came to, and, where "ferry watch" keeps the profile in
step, when it looks at the server next.

Nothing is connected to, and no trust in the file is needed. The last pass is that of
the history ("ferry log"), or of the running watch.

EXIT STATUS
  0 printed
  2 wrong usage or configuration, or no ferry.yaml`

func profilesCommand(prog *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "profiles [PROFILE...]",
		Short:             "Print the profiles with their last pass",
		Long:              profilesHelp,
		Example:           "  ferry profiles\n  ferry profiles site --json",
		ValidArgsFunction: prog.completeProfiles,
	}
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		return prog.listProfiles(cmd.Context(), args)
	})
	return cmd
}

// A profileState is what is known of a profile without looking at either side.
type profileState struct {
	pair  *app.Pair
	trust string
	last  *history.Line    // the end of the last pass; nil: none is known
	cut   *history.Line    // the beginning of a later pass that has not ended; nil: there is none
	watch *app.WatchReport // nil: no other process watches it
}

func (prog *program) listProfiles(ctx context.Context, args []string) error {
	pairs, err := prog.workspace().ListedPairs(args)
	if err != nil {
		return err
	}
	trust := prog.workspace().TrustWord()
	for _, p := range pairs {
		s := profileState{pair: p, trust: trust}
		s.last, s.cut = prog.workspace().History(p).LastPass()
		if s.watch, err = prog.opener().Watched(ctx, p); err != nil {
			prog.talk().Warn("%s: the running watch does not answer: %v", p.Title(), err)
		}
		switch {
		case prog.common.json:
			report.WriteJSON(prog.env.Stdout, s.json())
		case !prog.common.quiet:
			_, _ = prog.env.Stdout.Write([]byte(s.text(prog.env.Now())))
		}
	}
	return nil
}
