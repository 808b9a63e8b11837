package cli

import (
	"context"
	"ferry/internal/app"
	"ferry/internal/cli/show"
	"ferry/internal/report"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

const trashHelp = `List what passes have replaced or deleted and kept, the latest first. Each side keeps
its own below .ferry in its root.

  20260728-090501  2 days ago   remote   4.1 kB  css/old.css

The first column is the time in UTC; --when takes it, or the beginning of it.

trash-keep (default 30d) and trash-size (default unlimited) in a profile say how
long and how much the trash keeps. Older versions are removed at the end of a
pass, about once an hour, on the sides whose trash is on.

--side local does not connect to the server.

EXIT STATUS
  0 listed
  1 the trash of a side could not be listed completely
  2 wrong usage or configuration
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

func trashCommand(prog *program) *cobra.Command {
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
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.register(cmd)
	addWhen(cmd, &when, "list only what was put there at `TIME`, as 20260728")
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := prog.connectPairs(args, &flags.connectFlags)
		if err != nil {
			return err
		}
		return exit(prog.each(cmd.Context(), pairs, func(ctx context.Context, p *app.Pair, head report.Head) error {
			return prog.listTrash(ctx, p, head, &flags.side, when.v)
		}))
	})
	cmd.AddCommand(restoreCommand(prog), emptyCommand(prog))
	return cmd
}

// addWhen registers --when, the beginning of a time as the trash shows it.
func addWhen(cmd *cobra.Command, v *value[string], help string) {
	v.add(cmd.Flags(), "when", help, func(s string) (string, error) {
		if s == "" || strings.Trim(s, "0123456789-") != "" {
			return "", fmt.Errorf("%q is not a time as the trash shows it, as 20260728-090501 or 20260728", s)
		}
		return s, nil
	})
}

// changeTrash opens the trash of a pair and does work on it. A process that watches the
// pair hands it over for that time.
func (prog *program) changeTrash(ctx context.Context, p *app.Pair, side *sideFlag, work func(*app.Trash) error) error {
	giveBack, err := prog.opener().TakeOver(ctx, p)
	if err != nil {
		return err
	}
	defer giveBack()
	trash, err := prog.opener().Trash(ctx, p, side.wants)
	if err != nil {
		return err
	}
	defer trash.Close()
	return work(trash)
}

// listTrash prints what the sides of a pair keep.
func (prog *program) listTrash(ctx context.Context, p *app.Pair, head report.Head, side *sideFlag, when string) error {
	trash, err := prog.opener().Trash(ctx, p, side.wants)
	if err != nil {
		return err
	}
	defer trash.Close()
	things, err := trash.List(ctx, when, time.Time{})
	if err != nil {
		return err
	}
	out := prog.env.Stdout
	if prog.common.json {
		for _, d := range things {
			report.WriteJSON(out, show.TrashJSON(d, head.Profile))
		}
		return nil
	}
	if prog.common.quiet {
		return nil
	}
	if head.Titled {
		fmt.Fprintf(out, "%s:\n", head.Profile)
	}
	fmt.Fprint(out, show.TrashLines(things, prog.env.Now()))
	fmt.Fprintln(out, show.TrashTotal(things)+show.TrashOffNote(p, prog.workspace().Pushed(p), side.wants))
	return nil
}
