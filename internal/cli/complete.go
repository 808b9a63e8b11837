package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// completeProfiles offers the names of the profiles, and for the first argument
// directories as well.
func (prog *program) completeProfiles(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	all, err := prog.workspace().ProfileNames()
	if err != nil {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	var names []string
	for _, name := range all {
		if strings.HasPrefix(name, begun) {
			names = append(names, name)
		}
	}
	if len(names) == 0 && len(args) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
