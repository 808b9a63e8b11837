package cli

import (
	"github.com/spf13/cobra"
)

const statusHelp = `Print what "ferry sync" would do, and do nothing: no file is written, on neither
side, and nothing is remembered.

  what happened here   what happened there
    new      ---->            css/new.css        4.1 kB
             <----  changed   data/log.txt        18 kB
    changed  <-?->  changed   index.html         keep both

EXIT STATUS
  0 whatever the plan is; with --exit-code 10 where something is to be done
  3 a part of a side could not be read, so that the plan is not whole`

func (a *app) statusCommand() *cobra.Command {
	var flags passFlags
	var exitCode bool
	cmd := &cobra.Command{
		Use:               "status [PROFILE... | LOCAL URL]",
		Short:             "Print what a pass would do, and do nothing",
		Long:              statusHelp,
		Example:           "  ferry status\n  ferry status site --exit-code --quiet || echo \"not in step\"",
		ValidArgsFunction: a.completeProfiles,
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "exit 10 where changes are pending")
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := a.passPairs(args, &flags, nil)
		if err != nil {
			return err
		}
		o := a.passOptions(&flags)
		o.dryRun = true
		return exit(a.passes(cmd.Context(), pairs, o, exitCode))
	})
	return cmd
}
