package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"ferry/internal/app"
	"ferry/internal/cli/help"
	"ferry/internal/man"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const manHelp = `Print the manual page of a command, or of ferry itself, for man(1). With --output all
pages are written into a directory, each to a file of its own. The packages of ferry
contain them.`

func manCommand(prog *program) *cobra.Command {
	var output value[string]
	cmd := &cobra.Command{
		Use:     "man [COMMAND]",
		Short:   "Print manual pages",
		Long:    manHelp,
		Example: "  ferry man sync | man -l -\n  ferry man --output ~/.local/share/man/man1",
		RunE: prog.run(func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if output.set {
				if len(args) > 0 {
					return app.Usage(errors.New("--output writes the pages of all commands"), "leave out the command, or --output")
				}
				return writePages(root, output.v)
			}
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return help.NoCommand(found, rest)
			}
			_, err = io.WriteString(prog.env.Stdout, manPage(found).Text())
			return err
		}),
	}
	output.add(cmd.Flags(), "output", "write all pages into `DIR`", parseString)
	return cmd
}

// writePages writes the pages of a command and of all below it.
func writePages(cmd *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	page := manPage(cmd)
	if err := os.WriteFile(filepath.Join(dir, page.Name+".1"), []byte(page.Text()), 0o644); err != nil {
		return err
	}
	for _, sub := range shownCommands(cmd) {
		if err := writePages(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

// shownCommands are the commands below one that the help shows.
func shownCommands(cmd *cobra.Command) (all []*cobra.Command) {
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			all = append(all, sub)
		}
	}
	return all
}

// manPage says what the help of a command says.
func manPage(cmd *cobra.Command) man.Page {
	cmd.InitDefaultHelpFlag()
	about, exits := help.About(cmd)
	page := man.Page{
		Name: pageName(cmd), Summary: lowerFirst(cmd.Short), Date: versionDate(),
		Synopsis: help.Usage(cmd), About: about, Exits: exits, Examples: cmd.Example,
	}
	titles, options := help.Grouped(cmd)
	for i, title := range titles {
		page.Options = append(page.Options, man.Group{Title: title, Items: optionItems(options[i])})
	}
	if cmd.HasParent() {
		page.SeeAlso = append(page.SeeAlso, pageName(cmd.Parent())+"(1)")
	}
	for _, sub := range shownCommands(cmd) {
		page.Commands = append(page.Commands, man.Item{Term: sub.Name(), Text: sub.Short + "."})
		page.SeeAlso = append(page.SeeAlso, pageName(sub)+"(1)")
	}
	page.SeeAlso = append(page.SeeAlso, documents[page.Name]...)
	return page
}

// documents are the pages of other sections that say more about what a command does. packaging/manual makes them of docs/.
var documents = map[string][]string{
	"ferry":         {"ferry.yaml(5)", "ferry-json(5)", "ferry-hooks(7)", "ferry-deploy(7)", "ferry-service(7)", "ferry-ci(7)"},
	"ferry-init":    {"ferry.yaml(5)"},
	"ferry-sync":    {"ferry.yaml(5)"},
	"ferry-push":    {"ferry.yaml(5)"},
	"ferry-pull":    {"ferry.yaml(5)"},
	"ferry-watch":   {"ferry.yaml(5)", "ferry-service(7)"},
	"ferry-service": {"ferry-service(7)"},
	"ferry-deploy":  {"ferry-deploy(7)", "ferry-ci(7)"},
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// optionItems are options with what the help says of them.
func optionItems(options *pflag.FlagSet) (items []man.Item) {
	for line := range strings.Lines(options.FlagUsages()) {
		term, text, _ := strings.Cut(strings.TrimSpace(line), "   ")
		items = append(items, man.Item{Term: term, Text: strings.TrimSpace(text)})
	}
	return items
}

// date is that of the commit that a release was made from. The linker sets it, as version.
var date string

// versionDate is the day of the commit from which the program was built, as far as it is known.
func versionDate() string {
	if date != "" {
		return fmt.Sprintf("%.10s", date)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				return fmt.Sprintf("%.10s", s.Value)
			}
		}
	}
	return "1970-01-01" // a page without a date is not well-formed
}
