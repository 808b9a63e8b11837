package cli

import (
	"slices"
	"strings"

	"ferry/internal/config"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// completeProfiles offers what names pairs: profiles that are not named yet, or a directory
// and after it a URL.
func (prog *program) completeProfiles(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	profiles, err := prog.workspace().ProfileNames()
	if err != nil {
		profiles = nil
	}
	if len(args) == 1 && !slices.Contains(profiles, args[0]) {
		return completeURL(begun)
	}
	var names []string
	for _, name := range profiles {
		if strings.HasPrefix(name, begun) && !slices.Contains(args, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 && len(args) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completePathThenProfile offers files for the first argument, and then what names a pair.
func (prog *program) completePathThenProfile(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return prog.completeProfiles(cmd, args[1:], begun)
}

// completePair offers a directory and a URL.
func completePair(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return nil, cobra.ShellCompDirectiveFilterDirs
	case 1:
		return completeURL(begun)
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeURL offers the beginnings of URLs.
func completeURL(begun string) ([]string, cobra.ShellCompDirective) {
	if config.IsURL(begun) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var schemes []string
	for _, scheme := range []string{"ftpes://", "ftp://", "ftps://"} {
		if strings.HasPrefix(scheme, begun) {
			schemes = append(schemes, scheme)
		}
	}
	return schemes, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

// optionValues are the values that an option may have, as far as there are few.
var optionValues = map[string][]string{
	"color":       {"auto", "always", "never"},
	"conflict":    {"keep-both", "newer", "local", "remote", "skip"},
	"direction":   {"both", "push", "pull"},
	"mode":        {"auto", "passive", "active"},
	"pipeline":    {"on", "off"},
	"segments":    {"auto", "off"},
	"compress":    {"auto", "on", "off"},
	"direct":      {"auto", "on", "off"},
	"trash":       {"on", "off"},
	"side":        {"local", "remote"},
	"list-format": {"auto", "unix", "dos", "as400", "mlsd"},
	"encoding":    {"utf-8", "windows-1252", "windows-1251", "cp437", "shift-jis", "gbk"},
	"first":       {"compare", "trust", "overwrite"},
	"drift":       {"save", "stop", "keep", "restore"},
	"ci":          {"none", "github", "gitlab"},
	"links":       {"skip", "follow", "copy"},
	"permissions": {"keep", "ignore"},
	"tool":        {"meld", "kdiff3", "vimdiff", "nvimdiff", "opendiff", "code"},

	"ferry conflicts --keep": {"local", "remote", "both"},
	"ferry push --direction": {"push"},
	"ferry pull --direction": {"pull"},
}

// Options whose value is a path.
var (
	fileOptions      = []string{"config", "ca", "ignore-file", "output", "file", "as", "log-file"}
	directoryOptions = []string{"state-dir"}
)

// completeOptions registers what the options of a command and of those below it may have.
func completeOptions(cmd *cobra.Command) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		values := optionValues[cmd.CommandPath()+" --"+f.Name]
		if values == nil {
			values = optionValues[f.Name]
		}
		if f.Value.Type() == "bool" || f.Value.Type() == "count" {
			return
		}
		directive := cobra.ShellCompDirectiveNoFileComp
		switch {
		case slices.Contains(fileOptions, f.Name):
			directive = cobra.ShellCompDirectiveDefault
		case slices.Contains(directoryOptions, f.Name):
			directive = cobra.ShellCompDirectiveFilterDirs
		}
		_ = cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(values, directive))
	})
	for _, sub := range cmd.Commands() {
		completeOptions(sub)
	}
}
