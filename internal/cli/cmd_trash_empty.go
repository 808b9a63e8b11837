package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ferry/internal/app"
	"ferry/internal/cli/show"
	"ferry/internal/config"
	"ferry/internal/report"
	"ferry/internal/text"

	"github.com/spf13/cobra"
)

const emptyHelp = `Remove for good what the trash of both sides keeps: with --older-than only what is
older, otherwise everything. Removing everything asks first, unless --yes is given.

With --older-than the server is asked for its time. If its clock and that of this
machine differ by more than two hours, nothing is removed.

EXIT STATUS
  0 done
  3 some files could not be removed
  4 could not connect or log in
  6 the clocks of this machine and of the server differ by hours`

// emptyFlags are the options of trash empty.
type emptyFlags struct {
	trashFlags
	olderThan value[time.Duration]
	yes       bool
}

func emptyCommand(prog *program) *cobra.Command {
	var flags emptyFlags
	cmd := &cobra.Command{
		Use:   "empty [PROFILE... | LOCAL URL]",
		Short: "Remove for good what was replaced or deleted",
		Long:  emptyHelp,
		Example: `  ferry trash empty --older-than 7d
  ferry trash empty site --side remote --yes`,
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.register(cmd)
	flags.olderThan.add(cmd.Flags(), "older-than", "only what is older than `DURATION`, as 30d or 12h", config.ParseAge)
	cmd.Flags().BoolVarP(&flags.yes, "yes", "y", false, "do not ask")
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := prog.connectPairs(args, &flags.connectFlags)
		if err != nil {
			return err
		}
		if !flags.olderThan.set && !flags.yes && !prog.common.dryRun && prog.env.ReadLine == nil {
			return app.Usage(errors.New("this removes all old versions for good, and there is no terminal to ask on"), "say --yes, or --older-than 30d")
		}
		return exit(prog.each(cmd.Context(), pairs, func(ctx context.Context, p *app.Pair, head report.Head) error {
			return prog.changeTrash(ctx, p, &flags.side, func(trash *app.Trash) error {
				return prog.empty(ctx, trash, p, head, &flags)
			})
		}))
	})
	return cmd
}

// empty removes what the sides of a pair keep.
func (prog *program) empty(ctx context.Context, trash *app.Trash, p *app.Pair, head report.Head, flags *emptyFlags) error {
	before := time.Time{}
	if flags.olderThan.set {
		before = prog.env.Now().Add(-flags.olderThan.v)
	}
	things, err := trash.List(ctx, "", before)
	if err != nil {
		return err
	}
	if len(things) > 0 && flags.olderThan.set && !prog.common.dryRun {
		if before, err = trash.Older(ctx, prog.env.Now(), flags.olderThan.v); err != nil {
			return err
		}
		things = slices.DeleteFunc(things, func(t app.Trashed) bool { return !t.When.Before(before) })
	}
	if len(things) > 0 && !flags.olderThan.set && !flags.yes && !prog.common.dryRun {
		if ok, err := prog.sure(ctx, p, things); err != nil || !ok {
			return err
		}
	}
	return prog.discard(ctx, trash, head, things)
}

// sure asks whether things are to be removed for good.
func (prog *program) sure(ctx context.Context, p *app.Pair, things []app.Trashed) (bool, error) {
	answer, err := prog.env.ReadLine(ctx, fmt.Sprintf("%s; %s: remove it for good? [y/N] ", p.Name, show.TrashTotal(things)))
	if err != nil {
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, nil
	}
	prog.talk().Note("nothing was removed")
	return false, nil
}

// discard removes things for good and says how many.
func (prog *program) discard(ctx context.Context, trash *app.Trash, head report.Head, things []app.Trashed) error {
	var freed int64
	var err error
	if prog.common.dryRun {
		for _, t := range things {
			freed += t.Entry.Size
		}
	} else {
		freed, err = trash.Discard(ctx, things)
	}
	if err != nil && ctx.Err() == nil {
		prog.talk().Say("failed: ", err.Error())
		err = &app.Error{Code: ExitIncomplete, Err: errors.New("some of the trash could not be removed")}
	}
	prog.tellDiscarded(head, things, freed, err == nil)
	return err
}

func (prog *program) tellDiscarded(head report.Head, things []app.Trashed, freed int64, all bool) {
	switch {
	case prog.common.json && all:
		for _, d := range things {
			j := show.TrashJSON(d, head.Profile)
			j.Discarded = !prog.common.dryRun
			report.WriteJSON(prog.env.Stdout, j)
		}
	case prog.common.json || prog.common.quiet:
	default:
		title := ""
		if head.Titled {
			title = head.Profile + ": "
		}
		word := "removed"
		if prog.common.dryRun {
			word = "would remove"
		}
		if all {
			fmt.Fprintf(prog.env.Stdout, "%s%s %s from the trash, %s\n", title, word, text.Count(len(things), "file"), report.Size(freed))
		} else {
			fmt.Fprintf(prog.env.Stdout, "%s%s %s\n", title, word, report.Size(freed))
		}
	}
}
