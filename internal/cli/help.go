package cli

import (
	"errors"
	"fmt"

	"ferry/internal/app"
	"ferry/internal/config"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// badOption explains an option that cannot be read, with the one that was most
// likely meant.
func badOption(cmd *cobra.Command, err error) error {
	hint := fmt.Sprintf("\"ferry help %s\" lists its options", cmd.Name())
	if cmd == cmd.Root() {
		hint = "\"ferry help\" lists the commands and options"
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := config.Suggest(unknown.GetSpecifiedName(), names); near != "" {
			hint = "did you mean --" + near + "?"
		}
	}
	return app.Usage(err, hint)
}

// noCommand refuses a word that is not a command.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "\"ferry help\" lists the commands"
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if near := config.Suggest(args[0], names); near != "" {
		hint = "did you mean \"" + cmd.CommandPath() + " " + near + "\"?"
	}
	return app.Usage(fmt.Errorf("there is no command %q", args[0]), hint)
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show what a command does and which options it takes",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noCommand(cmd.Root(), args)
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}
