package help

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// An optionGroup is a part of the options in the help of a command.
type optionGroup struct {
	title string
	names []string // in the order in which the help shows them
}

// optionGroups are the groups in the order of the help. An option that is in none of
// them belongs to its command and stands before all others.
var optionGroups = []optionGroup{
	{"WHAT TO SYNC", []string{"exclude", "include", "ignore-file", "direction", "conflict", "exact", "adopt", "checksum", "verify",
		"follow-links", "blind", "poll"}},
	{"SAFETY", []string{"dry-run", "max-delete", "allow-deletes", "accept-empty", "trash", "max-entries", "max-listing", "wait", "wait-limit"}},
	{"CONNECTION", []string{"connections", "segments", "bwlimit", "timeout", "retries", "mode", "active-ports", "active-address", "trust-pasv", "pipeline", "compress", "direct",
		"encoding", "list-format"}},
	{"TLS", []string{"fingerprint", "ca", "insecure"}},
	{"OUTPUT", []string{"quiet", "verbose", "json", "progress", "no-progress", "color"}},
	{"GENERAL", []string{"config", "state-dir", "help", "version"}},
}

// NotFor names the options that a command takes without any use for them: the help
// and the completion leave them out.
var NotFor = map[string][]string{
	"ferry":            {"dry-run", "quiet", "verbose", "progress", "no-progress", "json"},
	"ferry sync":       {"blind"},
	"ferry push":       {"adopt", "segments"},
	"ferry pull":       {"blind"},
	"ferry watch":      {"blind", "dry-run", "allow-deletes", "accept-empty", "adopt"},
	"ferry status":     {"blind", "segments", "dry-run", "wait", "wait-limit", "verify"},
	"ferry check":      {"dry-run", "progress", "no-progress"},
	"ferry log":        {"dry-run", "progress", "no-progress"},
	"ferry conflicts":  {"progress", "no-progress"},
	"ferry trash":      {"dry-run", "progress", "no-progress"},
	"ferry releases":   {"dry-run", "progress", "no-progress"},
	"ferry service":    {"dry-run", "progress", "no-progress"},
	"ferry init":       {"progress", "no-progress", "json"},
	"ferry trust":      {"dry-run", "verbose", "progress", "no-progress"},
	"ferry demo":       {"config", "state-dir", "dry-run", "json", "progress", "no-progress"},
	"ferry completion": {"config", "state-dir", "dry-run", "quiet", "verbose", "json", "progress", "no-progress", "color"},
	"ferry man":        {"config", "state-dir", "dry-run", "quiet", "verbose", "json", "progress", "no-progress", "color"},
	"ferry version":    {"config", "state-dir", "dry-run", "quiet", "verbose", "progress", "no-progress", "color"},
	"ferry help":       {"config", "state-dir", "dry-run", "quiet", "verbose", "json", "progress", "no-progress", "color"},
}

// Hide keeps what a command has no use for out of its help and its completion.
// An option that several commands share is hidden for one of them only.
func Hide(cmd *cobra.Command) {
	for _, name := range NotFor[cmd.CommandPath()] {
		if f := cmd.Flags().Lookup(name); f != nil && cmd.LocalNonPersistentFlags().Lookup(name) != nil {
			f.Hidden = true
		}
	}
}

// Applies reports whether an option is of use to a command.
func Applies(cmd *cobra.Command, f *pflag.Flag) bool {
	return !f.Hidden && f.Deprecated == "" && !slices.Contains(NotFor[cmd.CommandPath()], f.Name)
}

// withoutCount returns an option as the help shows it: one that is repeated to count has
// no value.
func withoutCount(f *pflag.Flag) *pflag.Flag {
	if f.Value.Type() != "count" {
		return f
	}
	shown := *f
	shown.Value, shown.NoOptDefVal = plain{}, "true"
	return &shown
}

// plain is the value of an option that the help shows without one.
type plain struct{}

func (plain) Set(string) error { return nil }
func (plain) String() string   { return "" }
func (plain) Type() string     { return "bool" }

// Grouped returns the options of a command, group by group. Groups without
// options are left out.
func Grouped(cmd *cobra.Command) (titles []string, options []*pflag.FlagSet) {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	all.SortFlags = false
	cmd.LocalFlags().SortFlags, cmd.InheritedFlags().SortFlags = false, false
	add := func(f *pflag.Flag) {
		if Applies(cmd, f) && all.Lookup(f.Name) == nil {
			all.AddFlag(f)
		}
	}
	cmd.NonInheritedFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	grouped := make(map[string]bool)
	for _, g := range optionGroups {
		for _, name := range g.names {
			grouped[name] = true
		}
	}
	put := func(title string, names []string) {
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		set.SortFlags = false
		for _, name := range names {
			if f := all.Lookup(name); f != nil {
				set.AddFlag(withoutCount(f))
			}
		}
		if set.HasFlags() {
			titles, options = append(titles, title), append(options, set)
		}
	}
	var own []string
	all.VisitAll(func(f *pflag.Flag) {
		if !grouped[f.Name] {
			own = append(own, f.Name)
		}
	})
	put("OPTIONS", own)
	for _, g := range optionGroups {
		put(g.title, g.names)
	}
	return titles, options
}
