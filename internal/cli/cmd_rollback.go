package cli

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/app"

	"github.com/spf13/cobra"
)

const rollbackHelp = `Make the release before the live one live again, in one burst of renames. That
needs deploy: {keep: N} in the profile: what a release replaces and deletes is kept
then, for the last N releases.

It is a release of its own, so that a rollback can be taken back by another one.
Runs of CI that are not newer than the release that is left are refused from then
on (exit 9), until a newer one comes.

Where a file is not as the live release left it, nothing is done (exit 6); --force
goes back all the same and keeps that version.`

func rollbackCommand(prog *program) *cobra.Command {
	var flags deployFlags
	var to value[int]
	cmd := &cobra.Command{
		Use:   "rollback [PROFILE | LOCAL URL]",
		Short: "Make an older release live again",
		Long:  rollbackHelp,
		Example: `  ferry rollback site
  ferry rollback site --to 40`,
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.connectFlags.register(cmd.Flags())
	to.add(cmd.Flags(), "to", "go back to release `N` (default: the one before the live one)", parseCount)
	cmd.Flags().BoolVar(&flags.force, "force", false, "go back although somebody else changed files of the live release")
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := prog.deployPairs(args, &flags)
		if err != nil {
			return err
		}
		if len(pairs) > 1 {
			return app.Usage(fmt.Errorf("there are %d profiles, and one of them is rolled back", len(pairs)), "name the profile")
		}
		return exit(prog.rollback(cmd.Context(), pairs[0], &flags, to.v))
	})
	return cmd
}

func (prog *program) rollback(ctx context.Context, p *app.Pair, flags *deployFlags, to int) int {
	if p.Deploy.Keep == 0 {
		p.Deploy.Keep = 1 // what is replaced now is kept, so that the rollback can be taken back
	}
	head := prog.deployHead(p, false)
	head.Rollback = true
	return prog.withDeployment(ctx, p, flags, head, func(d *app.Deployment) (app.DeployResult, error) {
		result, err := d.Rollback(ctx, to)
		if errors.Is(err, context.Canceled) {
			err = app.Interrupted()
		}
		return result, err
	})
}
