package cli

import (
	"ferry/internal/app"

	"github.com/spf13/cobra"
)

const pullHelp = `Make one pass from the server to the directory: fetch what was made, changed or
renamed, and delete here what was deleted there since the last pass. Files that
only this directory has are left alone, except with --exact.

Profiles whose direction is push are left out and named, unless --direction pull
takes them in.`

func pullCommand(prog *program) *cobra.Command {
	direction := app.Pull
	return passCommand(prog, &cobra.Command{
		Use:   "pull [PROFILE... | LOCAL URL]",
		Short: "One pass, server to local",
		Long:  pullHelp + targetHelp + passExits,
		Example: `  ferry pull logs
  ferry pull ./backup ftp://nas.local/photos`,
	}, &direction)
}
