package cli

import (
	"ferry/sync"

	"github.com/spf13/cobra"
)

const pullHelp = `Make one pass from the server to the directory: fetch what was made, changed or
renamed, and delete here what was deleted there since the last pass. Files that
only this directory has are left alone, but for --exact.`

func (a *app) pullCommand() *cobra.Command {
	direction := sync.Pull
	return a.passCommand(&cobra.Command{
		Use:   "pull [PROFILE... | LOCAL URL]",
		Short: "One pass, server to local",
		Long:  pullHelp + targetHelp,
		Example: `  ferry pull logs
  ferry pull ./backup ftp://nas.local/photos`,
	}, &direction)
}
