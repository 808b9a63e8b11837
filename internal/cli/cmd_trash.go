package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ferry/sync"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
)

const trashHelp = `List what passes have replaced or deleted and kept: on each side below .ferry/trash
at its root, the latest first.

  20260728-090501  2 days ago   remote   4.1 kB  css/old.css

The first column is the time in UTC; --when takes it, or the beginning of it. How
long and how much the trash keeps is said by trash-keep (default 30d) and
trash-size (default unlimited) in a profile. It is looked after at the end of a
pass, about once an hour, on the sides whose trash is on.

With --side local nobody connects to the server.

EXIT STATUS
  0 listed
  1 a side could not be listed whole
  4 could not connect or log in`

// trashFlags are the options of the commands about the trash.
type trashFlags struct {
	connectFlags
	side sideFlag
}

func (f *trashFlags) register(cmd *cobra.Command) {
	f.side.register(cmd.Flags())
	f.connectFlags.register(cmd.Flags())
}

func (a *app) trashCommand() *cobra.Command {
	var flags trashFlags
	var when value[string]
	cmd := &cobra.Command{
		Use:   "trash [PROFILE... | LOCAL URL]",
		Short: "List, restore or empty what was replaced or deleted",
		Long:  trashHelp,
		Example: `  ferry trash
  ferry trash site --side remote --json
  ferry trash restore css/old.css
  ferry trash empty --older-than 7d`,
		ValidArgsFunction: a.completeProfiles,
	}
	flags.register(cmd)
	addWhen(cmd, &when, "list only what was put there at `TIME`, as 20260728")
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := a.connectPairs(args, &flags.connectFlags)
		if err != nil {
			return err
		}
		return exit(a.each(cmd.Context(), pairs, func(ctx context.Context, p *pair, head passHead) error {
			return a.listTrash(ctx, p, head, &flags.side, when.v)
		}))
	})
	cmd.AddCommand(a.restoreCommand(), a.emptyCommand())
	return cmd
}

// connectPairs returns the pairs that args name with the options about the
// server over them.
func (a *app) connectPairs(args []string, flags *connectFlags) ([]*pair, error) {
	pairs, err := a.pairs(args)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		flags.over(p.Profile)
		if err := flags.check(p); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// addWhen registers --when, the beginning of a time as the trash writes it.
func addWhen(cmd *cobra.Command, v *value[string], help string) {
	v.add(cmd.Flags(), "when", help, func(s string) (string, error) {
		if s == "" || strings.Trim(s, "0123456789-") != "" {
			return "", fmt.Errorf("%q is no time as the trash shows it, as 20260728-090501 or 20260728", s)
		}
		return s, nil
	})
}

// A discarded is a thing in the trash of one side.
type discarded struct {
	side sync.Side
	sync.Trashed
}

// stamp is the directory of the trash that holds it: its time.
func (d discarded) stamp() string {
	stamp, _, _ := d.Inside()
	return stamp
}

// trashed returns what both sides keep, the latest first, of the time that when
// is the beginning of.
func trashed(ctx context.Context, sides [2]store, when string, before time.Time) ([]discarded, error) {
	var all []discarded
	for i, side := range sides {
		if side == nil {
			continue
		}
		things, err := side.Trashed(ctx, before)
		if err != nil {
			return nil, err
		}
		for _, t := range things {
			if d := (discarded{sync.Side(i), t}); strings.HasPrefix(d.stamp(), when) {
				all = append(all, d)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b discarded) int { return b.When.Compare(a.When) })
	return all, nil
}

type jsonTrash struct {
	Type    string    `json:"type"`
	Profile string    `json:"profile,omitempty"`
	Side    sync.Side `json:"side"`
	jsonPath
	When      time.Time `json:"when"`
	Stamp     string    `json:"stamp"` // as --when takes it
	Size      int64     `json:"size"`
	Directory bool      `json:"directory,omitempty"`
	// What became of it, but for a list.
	Restored  bool `json:"restored,omitempty"`
	Discarded bool `json:"discarded,omitempty"`
}

func (d discarded) json(profile string) jsonTrash {
	return jsonTrash{
		Type: "trash", Profile: profile, Side: d.side, jsonPath: pathOf(d.Path),
		When: d.When, Stamp: d.stamp(), Size: d.Entry.Size, Directory: d.Entry.IsDir(),
	}
}

// text returns the line of a list. now is the time to reckon from.
func (d discarded) text(now time.Time) string {
	path := clean(string(d.Path))
	if d.Entry.IsDir() {
		path += "/"
	}
	return fmt.Sprintf("  %-15s  %-14s  %-6s  %7s  %s", d.stamp(), humanize.RelTime(d.When, now, "ago", "from now"),
		d.side, humanize.Bytes(uint64(max(d.Entry.Size, 0))), path)
}

// listTrash prints what the sides of a pair keep.
func (a *app) listTrash(ctx context.Context, p *pair, head passHead, side *sideFlag, when string) error {
	sides, done, err := a.openSides(ctx, p, side.wants)
	if err != nil {
		return err
	}
	defer done()
	things, err := trashed(ctx, sides, when, time.Time{})
	if err != nil {
		return err
	}
	out := a.env.Stdout
	if a.common.json {
		for _, d := range things {
			writeJSON(out, d.json(head.profile))
		}
		return nil
	}
	if a.common.quiet {
		return nil
	}
	if head.titled {
		fmt.Fprintf(out, "%s:\n", head.profile)
	}
	for _, d := range things {
		fmt.Fprintln(out, d.text(a.env.Now()))
	}
	fmt.Fprintln(out, trashTotal(things))
	return nil
}

// trashTotal returns the last line of a list.
func trashTotal(things []discarded) string {
	if len(things) == 0 {
		return "the trash is empty"
	}
	var n [2]int
	var size [2]int64
	for _, d := range things {
		n[d.side]++
		size[d.side] += d.Entry.Size
	}
	var parts []string
	for _, side := range bothSides {
		if n[side] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s %s", side, count(n[side], "file"), humanize.Bytes(uint64(size[side]))))
		}
	}
	return "in the trash: " + strings.Join(parts, ", ")
}
