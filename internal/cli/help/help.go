// Package help writes the help of commands, and explains what was typed wrongly.
package help

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// A commandGroup is a part of the commands in the help.
type commandGroup struct {
	title string
	names []string
}

// commandGroups are the groups of commands in the order of the help. A command that is
// in none of them comes last.
var commandGroups = []commandGroup{
	{"KEEP TWO DIRECTORIES IN SYNC", []string{"sync", "push", "pull", "watch", "service", "copy"}},
	{"LOOK", []string{"status", "verify", "check", "profiles", "log", "ignored", "dashboard"}},
	{"SETTLE AND BRING BACK", []string{"conflicts", "trash"}},
	{"DEPLOY A SITE", []string{"deploy", "releases", "rollback"}},
	{"SET UP", []string{"demo", "init", "login", "trust", "completion", "man", "version", "help"}},
}

// helpWidth is the number of columns that the help is made for.
const helpWidth = 80

// ExitTitle begins the part of a help about exit codes, which comes last.
const ExitTitle = "\nEXIT STATUS\n"

// plainExit is that part for a command whose help has none.
const plainExit = `  0 done
  1 failed
  2 wrong usage or configuration`

// Write writes the help of a command.
func Write(w io.Writer, cmd *cobra.Command) {
	about, exits := About(cmd)
	fmt.Fprintf(w, "%s\n\nUSAGE\n", about)
	for _, line := range Usage(cmd) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	if cmd.Example != "" {
		fmt.Fprintf(w, "\nEXAMPLES\n%s\n", cmd.Example)
	}
	writeCommands(w, cmd)
	titles, options := Grouped(cmd)
	for i, title := range titles {
		fmt.Fprintf(w, "\n%s\n%s", title, options[i].FlagUsagesWrapped(helpWidth))
	}
	fmt.Fprintf(w, "%s%s\n", ExitTitle, strings.TrimRight(exits, "\n"))
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n\"%s COMMAND\" says more about a command.\n", helpOf(cmd))
	}
}

// About returns what a command does, and the lines about its exit codes.
func About(cmd *cobra.Command) (about, exits string) {
	about, exits, _ = strings.Cut(cmd.Long, ExitTitle)
	if about == "" {
		about = cmd.Short + "."
	}
	if exits == "" {
		exits = plainExit
	}
	return strings.TrimSpace(about), exits
}

// Usage returns how a command is called, a line for each way.
func Usage(cmd *cobra.Command) (lines []string) {
	if cmd.Runnable() {
		line := cmd.UseLine()
		if cmd.HasAvailableSubCommands() && !cmd.HasParent() {
			line = cmd.Name() + " COMMAND [ARGUMENTS] [OPTIONS]"
		}
		lines = append(lines, strings.ReplaceAll(line, "[flags]", "[OPTIONS]"))
	}
	if cmd.HasParent() {
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				lines = append(lines, strings.ReplaceAll(sub.UseLine(), "[flags]", "[OPTIONS]"))
			}
		}
	}
	return lines
}

// writeCommands lists the commands below a command, those of the root in groups.
func writeCommands(w io.Writer, cmd *cobra.Command) {
	left := make(map[string]*cobra.Command)
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			left[sub.Name()] = sub
		}
	}
	groups := commandGroups
	if cmd.HasParent() {
		groups = nil
	}
	rest := commandGroup{title: "COMMANDS"}
	for _, sub := range cmd.Commands() {
		rest.names = append(rest.names, sub.Name())
	}
	for _, g := range append(groups[:len(groups):len(groups)], rest) {
		began := false
		for _, name := range g.names {
			sub := left[name]
			if sub == nil {
				continue
			}
			if !began {
				fmt.Fprintf(w, "\n%s\n", g.title)
				began = true
			}
			fmt.Fprintf(w, "  %-11s %s\n", name, sub.Short)
			delete(left, name)
		}
	}
}
