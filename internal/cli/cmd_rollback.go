package cli

import (
	"context"
	"errors"

	"ferry/internal/app"
	"ferry/internal/report"

	"github.com/spf13/cobra"
)

const rollbackHelp = `Make the release before the live one live again, in one burst of renames. That
needs deploy: {keep: N} in the profile: what a release replaces and deletes is kept
then, for the last N releases.

It is a release of its own, so that a rollback can be taken back by another one.
Runs of CI that are not newer than the release that is left are refused from then
on (exit 9), until a newer one comes.

Where a file is not as the live release left it, nothing is done (exit 6); --force
goes back all the same and keeps that version.

--file changes nothing on the server: it fetches the version of a file that somebody
else had made, and that a deploy has saved ("ferry releases --drift" lists them). With
--to it is the one that this release saved, otherwise the newest one.

EXIT STATUS
  0 done
  1 failed, or there is no release to go back to
  2 wrong usage or configuration
  3 done, but some files could not be put in place
  4 could not connect or log in
  6 refused: a file is not as the live release left it
  7 another run holds the site
  8 a hook failed, or a check after the rollback`

func rollbackCommand(prog *program) *cobra.Command {
	var flags deployFlags
	var to value[int]
	var file, output value[string]
	cmd := &cobra.Command{
		Use:   "rollback [PROFILE | LOCAL URL]",
		Short: "Make an older release live again",
		Long:  rollbackHelp,
		Example: `  ferry rollback site
  ferry rollback site --to 40
  ferry rollback site --file about.html --output about.theirs.html`,
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.connectFlags.register(cmd.Flags())
	to.add(cmd.Flags(), "to", "go back to release `N` (default: the one before the live one)", parseCount)
	cmd.Flags().BoolVar(&flags.force, "force", false, "go back although somebody else changed files of the live release")
	file.add(cmd.Flags(), "file", "only fetch the version of `PATH` that a deploy has saved", parseString)
	output.add(cmd.Flags(), "output", "with --file: write it to `FILE`, which must not be there yet (default: its name, here)", parseString)
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := prog.deployPairs(args, &flags)
		if err != nil {
			return err
		}
		if len(pairs) > 1 {
			return tooManyPairs(pairs)
		}
		if file.set {
			return exit(prog.each(cmd.Context(), pairs, func(ctx context.Context, p *app.Pair, _ report.Head) error {
				return prog.fetchSaved(ctx, p, file.v, to.v, output.v)
			}))
		}
		if output.set {
			return app.Usage(errors.New("--output is for --file"), "name the file of the site with --file PATH")
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
