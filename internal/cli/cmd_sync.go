package cli

import (
	"ferry/internal/app"

	"github.com/spf13/cobra"
)

const syncHelp = `Make one pass: do on each side what happened on the other since the last pass.

The first pass of a pair only adds, it never deletes. A file that both sides
changed is kept twice: see --conflict. Deleting more than half of a side stops
the pass before it begins: see --max-delete.

The direction is that of the profile; without one, and for a directory and a URL,
changes go both ways. "ferry push" and "ferry pull" go one way.`

func syncCommand(prog *program) *cobra.Command {
	return passCommand(prog, &cobra.Command{
		Use:   "sync [PROFILE... | LOCAL URL]",
		Short: "One pass both ways (or as the profile says)",
		Long:  syncHelp + targetHelp + passExits,
		Example: `  ferry sync
  ferry sync photos --dry-run
  ferry sync ~/site ftpes://deploy@example.com/htdocs`,
	}, nil)
}

const targetHelp = `

Without arguments every profile of ferry.yaml is done, one after another. The
worst exit status counts (see "ferry help"). Profiles with deploy: are left out and
named: "ferry deploy" is for them.`

// passCommand finishes a command that makes a pass. direction, where it is not nil, is
// the one way that the command goes.
func passCommand(prog *program, cmd *cobra.Command, direction *app.Direction) *cobra.Command {
	var flags passFlags
	flags.register(cmd.Flags())
	flags.registerOnly(cmd.Flags())
	var one *directionFlag
	if direction != nil {
		one = new(directionFlag)
		one.register(cmd.Flags(), *direction)
	}
	cmd.ValidArgsFunction = prog.completeProfiles
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		if one == nil && flags.blind.v {
			return onlyPushIsBlind()
		}
		pairs, err := prog.passPairs(args, &flags, one)
		if err != nil {
			return err
		}
		return exit(prog.passes(cmd.Context(), pairs, flags.options(prog.common.dryRun)))
	})
	return cmd
}
