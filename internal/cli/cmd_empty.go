package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ferry/internal/config"
	"ferry/sync"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
)

const emptyHelp = `Remove for good what the trash of both sides keeps: with --older-than what has
been there for so long, else all of it, after a question on the terminal or with
--yes.

EXIT STATUS
  0 done
  3 some files could not be removed
  4 could not connect or log in`

// emptyFlags are the options of trash empty.
type emptyFlags struct {
	trashFlags
	olderThan value[time.Duration]
	yes       bool
}

func (a *app) emptyCommand() *cobra.Command {
	var flags emptyFlags
	cmd := &cobra.Command{
		Use:   "empty [PROFILE... | LOCAL URL]",
		Short: "Remove for good what was replaced or deleted",
		Long:  emptyHelp,
		Example: `  ferry trash empty --older-than 7d
  ferry trash empty site --side remote --yes`,
		ValidArgsFunction: a.completeProfiles,
	}
	flags.register(cmd)
	flags.olderThan.add(cmd.Flags(), "older-than", "only what has been there for `DURATION`, as 30d or 12h", config.ParseDuration)
	cmd.Flags().BoolVarP(&flags.yes, "yes", "y", false, "do not ask")
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := a.connectPairs(args, &flags.connectFlags)
		if err != nil {
			return err
		}
		if !flags.olderThan.set && !flags.yes && !a.common.dryRun && a.env.ReadLine == nil {
			return usage(errors.New("this removes all old versions for good, and there is no terminal to ask on"), "say --yes, or --older-than 30d")
		}
		return exit(a.each(cmd.Context(), pairs, func(ctx context.Context, p *pair, head passHead) error {
			return a.empty(ctx, p, head, &flags)
		}))
	})
	return cmd
}

// empty removes what the sides of a pair keep.
func (a *app) empty(ctx context.Context, p *pair, head passHead, flags *emptyFlags) error {
	giveBack, err := a.borrow(ctx, p)
	if err != nil {
		return err
	}
	defer giveBack()
	sides, done, err := a.openSides(ctx, p, flags.side.wants)
	if err != nil {
		return err
	}
	defer done()
	before := time.Time{}
	if flags.olderThan.set {
		before = a.env.Now().Add(-flags.olderThan.v)
	}
	things, err := trashed(ctx, sides, "", before)
	if err != nil {
		return err
	}
	if len(things) > 0 && !flags.olderThan.set && !flags.yes && !a.common.dryRun {
		if ok, err := a.sure(ctx, p, things); err != nil || !ok {
			return err
		}
	}
	return a.discard(ctx, sides, head, things)
}

// sure asks whether things are to be removed for good.
func (a *app) sure(ctx context.Context, p *pair, things []discarded) (bool, error) {
	answer, err := a.env.ReadLine(ctx, fmt.Sprintf("%s; %s: remove it for good? [y/N] ", p.Name, trashTotal(things)))
	if err != nil {
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, nil
	}
	a.talk().note("nothing was removed")
	return false, nil
}

// discard removes things for good and says how many.
func (a *app) discard(ctx context.Context, sides [2]store, head passHead, things []discarded) error {
	var freed int64
	var errs []error
	for i, side := range sides {
		mine := sideOf(things, sync.Side(i))
		switch {
		case side == nil || len(mine) == 0:
		case a.common.dryRun:
			for _, t := range mine {
				freed += t.Entry.Size
			}
		default:
			n, err := side.Discard(ctx, mine)
			freed += n
			errs = append(errs, err)
		}
	}
	err := errors.Join(errs...)
	if err != nil && ctx.Err() == nil {
		a.talk().say("failed: ", err.Error())
		err = &codeError{code: ExitIncomplete, err: errors.New("some of the trash could not be removed")}
	}
	a.tellDiscarded(head, things, freed, err == nil)
	return err
}

func sideOf(things []discarded, side sync.Side) []sync.Trashed {
	var mine []sync.Trashed
	for _, d := range things {
		if d.side == side {
			mine = append(mine, d.Trashed)
		}
	}
	return mine
}

func (a *app) tellDiscarded(head passHead, things []discarded, freed int64, all bool) {
	switch {
	case a.common.json && all:
		for _, d := range things {
			j := d.json(head.profile)
			j.Discarded = !a.common.dryRun
			writeJSON(a.env.Stdout, j)
		}
	case a.common.json || a.common.quiet:
	default:
		title := ""
		if head.titled {
			title = head.profile + ": "
		}
		word := "removed"
		if a.common.dryRun {
			word = "would remove"
		}
		if all {
			fmt.Fprintf(a.env.Stdout, "%s%s %s from the trash, %s\n", title, word, count(len(things), "file"), humanize.Bytes(uint64(freed)))
		} else {
			fmt.Fprintf(a.env.Stdout, "%s%s %s\n", title, word, humanize.Bytes(uint64(freed)))
		}
	}
}
