package cli

import (
	"slices"
	"strings"
	"testing"

	"ferry/internal/cli/help"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestHelp holds that the help of every command has its parts: how it is called, its
// options in groups, each once, and its exit codes.
func TestHelp(t *testing.T) {
	root := rootCommand(newProgram(Env{}))
	eachCommand(root, func(cmd *cobra.Command) {
		var b strings.Builder
		cmd.InitDefaultHelpFlag()
		help.Write(&b, cmd)
		text := b.String()
		for _, part := range []string{"\nUSAGE\n  ferry", "\nEXIT STATUS\n", "\nGENERAL\n"} {
			if strings.Count(text, part) != 1 {
				t.Errorf("%s: the help has %q %d times", cmd.CommandPath(), part, strings.Count(text, part))
			}
		}
		for line := range strings.Lines(text) {
			if len([]rune(line)) > 100 {
				t.Errorf("%s: a line of the help is too long: %s", cmd.CommandPath(), line)
			}
		}
		var shown []string
		titles, options := help.Grouped(cmd)
		for _, g := range options {
			g.VisitAll(func(f *pflag.Flag) { shown = append(shown, f.Name) })
		}
		if sorted := slices.Sorted(slices.Values(shown)); len(slices.Compact(sorted)) != len(shown) {
			t.Errorf("%s: an option is in two groups: %q of %q", cmd.CommandPath(), shown, titles)
		}
		for _, name := range help.NotFor[cmd.CommandPath()] {
			if slices.Contains(shown, name) {
				t.Errorf("%s: the help shows --%s, which is of no use", cmd.CommandPath(), name)
			}
		}
	})
}

// TestNotFor holds that the table of useless options names commands and options that
// exist.
func TestNotFor(t *testing.T) {
	root := rootCommand(newProgram(Env{}))
	for path, names := range help.NotFor {
		root.InitDefaultHelpCmd()
		cmd, rest, err := root.Find(strings.Fields(path)[1:])
		if err != nil || len(rest) > 0 {
			t.Errorf("there is no command %q", path)
			continue
		}
		for _, name := range names {
			if name != "progress" && name != "color" && cmd.Flags().Lookup(name) == nil && cmd.InheritedFlags().Lookup(name) == nil {
				t.Errorf("%s has no option --%s", path, name)
			}
		}
	}
}

func eachCommand(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, sub := range cmd.Commands() {
		eachCommand(sub, visit)
	}
}
