package cli

import (
	"context"
	"errors"
	"ferry/internal/app"
	"ferry/internal/cli/help"
	"ferry/internal/cli/show"
	"ferry/internal/report"
	"ferry/internal/text"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

const restoreHelp = `Bring back the newest version of PATH that the trash of either side keeps, on the
side that keeps it. Where PATH was a directory, that is the newest version of
every file that was below it. PATH is relative to the root of the pair.

"." stands for everything. No existing file is replaced: give the old version another
name with --as, or put the present one into the trash with --over.

A pass both ways then carries what was restored to the other side, as it does any
change. A push does not fetch what came back on the server: to have one file of a
backup here again, restore it, and type "ferry pull NAME --direction pull --only PATH".

EXIT STATUS
  0 restored
  1 PATH is not in the trash, or something is in its place
  2 PATH is empty
  3 some files of a directory could not be restored
  4 could not connect or log in`

// restoreFlags are the options of trash restore.
type restoreFlags struct {
	trashFlags
	when value[string]
	as   value[string]
	over bool
}

func restoreCommand(prog *program) *cobra.Command {
	var flags restoreFlags
	cmd := &cobra.Command{
		Use:   "restore PATH [PROFILE | LOCAL URL]",
		Short: "Bring back what was replaced or deleted",
		Long:  restoreHelp,
		Example: `  ferry trash restore css/old.css
  ferry trash restore notes.txt --as notes-before.txt --when 20260728-0905
  ferry trash restore index.html --over
  ferry trash restore photos/2019 nas --side remote`,
		Args:              help.Count(cobra.RangeArgs(1, 3)),
		ValidArgsFunction: prog.completePathThenProfile,
	}
	flags.register(cmd)
	addWhen(cmd, &flags.when, "the version from `TIME`, as 20260728-090501, or the beginning of it")
	flags.as.add(cmd.Flags(), "as", "restore to `PATH` instead", parseRestoreTarget)
	cmd.Flags().BoolVar(&flags.over, "over", false, "put a file that is in the way into the trash first")
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		args = pathBeforePair(args)
		if err := prog.pathFirst("ferry trash restore", args); err != nil {
			return err
		}
		p, err := prog.onePair(args[1:], &flags.connectFlags)
		if err != nil {
			return err
		}
		return exit(prog.each(cmd.Context(), []*app.Pair{p}, func(ctx context.Context, p *app.Pair, head report.Head) error {
			return prog.changeTrash(ctx, p, &flags.side, func(trash *app.Trash) error {
				return prog.restore(ctx, trash, p, head, args[0], &flags)
			})
		}))
	})
	return cmd
}

func parseRestoreTarget(s string) (string, error) {
	if s == "" {
		return "", errors.New("it is empty, and names no file")
	}
	return s, nil
}

// restore brings back what was at a path.
func (prog *program) restore(ctx context.Context, trash *app.Trash, p *app.Pair, head report.Head, typed string, flags *restoreFlags) error {
	things, err := trash.List(ctx, flags.when.v, time.Time{})
	if err != nil {
		return err
	}
	found, err := prog.workspace().FindTrashed(p, things, typed, flags.as.v)
	if err != nil {
		return err
	}
	plan, err := trash.PlanRestore(ctx, found, flags.over)
	if err != nil {
		return err
	}
	if err := prog.restoreAll(ctx, trash, head, plan); err != nil {
		return err
	}
	if p.Direction == app.Push && len(plan) == 1 && plan[0].Side == app.Remote && !prog.common.dryRun {
		prog.talk().Note("a push does not fetch it from there; to have it here: %s --direction pull --only %s", p.Command("pull"), text.ShellWord(string(plan[0].Path)))
	}
	return nil
}

// restoreAll restores things one by one. That one cannot be restored does not stop the
// others.
func (prog *program) restoreAll(ctx context.Context, trash *app.Trash, head report.Head, plan []app.Restoring) error {
	failures, hint := 0, ""
	for _, t := range plan {
		err := t.Err
		last := false
		if !prog.common.dryRun {
			last, err = trash.Restore(ctx, t)
		}
		switch {
		case err != nil && (last || len(plan) == 1):
			return err
		case err != nil:
			failures++
			hint = app.Hint(err)
			prog.talk().Say("failed: ", err.Error())
		default:
			prog.tellRestored(head, t.Trashed)
		}
	}
	if failures > 0 {
		return &app.Error{Code: ExitIncomplete, Err: fmt.Errorf("%s could not be restored", text.Count(failures, "file")), Hint: hint}
	}
	return nil
}

func (prog *program) tellRestored(head report.Head, t app.Trashed) {
	if prog.common.json {
		j := show.TrashJSON(t, head.Profile)
		j.Restored = !prog.common.dryRun
		report.WriteJSON(prog.env.Stdout, j)
		return
	}
	if prog.common.quiet {
		return
	}
	word := "restored"
	if prog.common.dryRun {
		word = "would restore"
	}
	fmt.Fprintf(prog.env.Stdout, "%s %s on the %s side, as it was put into the trash at %s (%s)\n", word, text.Clean(string(t.Path)), t.Side, t.Stamp(),
		report.Size(t.Entry.Size))
}
