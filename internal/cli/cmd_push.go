package cli

import (
	"ferry/internal/app"

	"github.com/spf13/cobra"
)

const pushHelp = `Make one pass from the directory to the server: send what was made, changed or
renamed, and delete there what was deleted here since the last pass. Files that
only the server has are left alone, except with --exact.

After the first pass ferry lists only the directories of the server that the pass
touches; --verify lists all of them.

--blind is for a drop box: a server that takes files and shows nothing. ferry then
looks at nothing there and goes by what it has sent before. A first blind push
replaces whatever has the same names. Files are sent under their own names, so a
transfer that breaks off leaves half a file until the next push. Use it only where
nobody else writes.

Profiles whose direction is pull are left out and named, unless --direction push
takes them in.`

func pushCommand(prog *program) *cobra.Command {
	direction := app.Push
	return passCommand(prog, &cobra.Command{
		Use:   "push [PROFILE... | LOCAL URL]",
		Short: "One pass, local to server",
		Long:  pushHelp + targetHelp + passExits,
		Example: `  ferry push site
  ferry push ./public ftpes://deploy@example.com/htdocs --dry-run
  ferry push site --exact --max-delete 200`,
	}, &direction)
}
