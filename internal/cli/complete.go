package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// completeProfiles offers the names of the profiles, and for the first argument
// directories as well.
func (prog *program) completeProfiles(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	file, err := prog.workspace().Config()
	if err != nil {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	var names []string
	for _, p := range file.Profiles {
		if strings.HasPrefix(p.Name, begun) {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 && len(args) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
