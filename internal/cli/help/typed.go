package help

import (
	"errors"
	"fmt"
	"strings"

	"ferry/internal/app"
	"ferry/internal/config"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// BadOption explains an option that cannot be read, with the one that was most
// likely meant.
func BadOption(cmd *cobra.Command, err error) error {
	hint := "\"" + helpOf(cmd) + "\" lists its options"
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		name := unknown.GetSpecifiedName()
		if near := nearOption(cmd, name); near != "" {
			hint = "did you mean --" + near + "?"
		} else if known := pointTo(cmd.Root(), OtherOptions, name); known != "" {
			hint = known
		} else if other := commandWith(cmd.Root(), name); other != "" {
			hint = fmt.Sprintf("--%s is an option of \"%s\"; %s", name, other, hint)
		}
	}
	return app.Usage(err, hint)
}

// Count explains a wrong number of arguments by what the command takes.
func Count(right cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if right(cmd, args) == nil {
			return nil
		}
		_, takes, _ := strings.Cut(cmd.Use, " ")
		why := fmt.Errorf("these are not the arguments of \"%s\", which are: %s", cmd.CommandPath(), takes)
		if takes == "" {
			why = fmt.Errorf("\"%s\" takes no arguments", cmd.CommandPath())
		}
		return app.Usage(why, "\""+helpOf(cmd)+"\" says more")
	}
}

// helpOf returns what to type for the help of a command.
func helpOf(cmd *cobra.Command) string {
	return strings.TrimSpace("ferry help " + strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), "ferry"), " "))
}

// nearOption returns the option of a command that was most likely meant. An option that
// the command has no use for is none.
func nearOption(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if Applies(cmd, f) {
			names = append(names, f.Name)
		}
	})
	return config.Suggest(name, names)
}

// commandWith returns the first command that has an option, "" where none has.
func commandWith(root *cobra.Command, option string) string {
	for _, cmd := range root.Commands() {
		if f := cmd.Flags().Lookup(option); f != nil && Applies(cmd, f) {
			return cmd.CommandPath()
		}
		if below := commandWith(cmd, option); below != "" {
			return below
		}
	}
	return ""
}

// NoCommand refuses a word that is not a command.
func NoCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "\"" + helpOf(cmd) + "\" lists the commands"
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	switch near := config.Suggest(args[0], names); {
	case near != "":
		hint = "did you mean \"" + cmd.CommandPath() + " " + near + "\"?"
	case pointTo(cmd.Root(), OtherCommands, args[0]) != "":
		hint = pointTo(cmd.Root(), OtherCommands, args[0])
	case config.IsURL(args[0]) || strings.ContainsAny(args[0], `/\`):
		hint = "a command comes first, as in: ferry sync ./public ftpes://user@host/path"
	}
	return app.Usage(fmt.Errorf("there is no command %q", args[0]), hint)
}

func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show what a command does and which options it takes",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			found, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, sub := range found.Commands() {
				names = append(names, sub.Name()+"\t"+sub.Short)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return NoCommand(found, rest)
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}
