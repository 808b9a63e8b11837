package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/app"
	"ferry/internal/cli/show"
	"ferry/internal/config"
	"ferry/internal/report"
	"ferry/internal/text"

	"github.com/spf13/cobra"
)

const conflictsHelp = `List the files that both sides changed: the conflict copies that passes have made
(NAME.sync-conflict-TIME-SIDE-HASH.EXT), each with its original, and the conflicts
that a pass would find now, such as those that wait under "conflict: skip".
--copies lists only the copies. Times are in UTC.

--diff shows how the versions of a text file differ: lines with - are in the file
that has the name, lines with + in the copy. Where there is no copy, - is local
and + is remote.

--keep settles the conflict at PATH, the original or the copy:

  local, remote  the version of that side gets the name, the other one goes to
                 the trash
  both           the copy becomes an ordinary file, "NAME (conflict 1).EXT"

--interactive asks on a terminal what to do with each: show how the versions
differ, keep one or both, merge them, or decide later. --tool merges each with a
program of yours, as "git mergetool" does: CMD is meld, kdiff3, vimdiff, nvimdiff,
opendiff or code, or a command for the shell that finds the names of the files in
$LOCAL, $REMOTE, $BASE (an empty file) and writes $MERGED. A tool that fails, or
leaves the file as it was, settles nothing. --merge, or --tool without CMD at the
end, takes the one that merge-tool: names: below defaults: in the ferry.yaml of your
own configuration directory, or else in the profile. With a PATH both do this for
one conflict.

--keep renames files on the local side, and the next pass carries that to the server
like any other change. Only what the local side does not have is fetched, and a
conflict that waits is settled on the side that gives way. What is replaced goes
to the trash of its side as in a pass: not with "trash: off" or --trash off, and
for a profile that pushes not on the server, unless the trash was asked for. A
file that has changed since it was listed is not touched.

EXIT STATUS
  0 listed, or settled
  1 there is no such conflict, or it cannot be settled that way
  2 wrong usage or configuration
  3 a part of a side could not be read
  4 could not connect or log in
  7 another run holds this pair (not with --copies)`

// conflictFlags are the options of conflicts.
type conflictFlags struct {
	connectFlags
	conflict value[app.ConflictRule]
	copies   bool
	diff     bool
	keep     value[app.Keep]
	trash    value[bool]

	interactive bool
	tool        string
	merge       bool
}

func conflictsCommand(prog *program) *cobra.Command {
	var flags conflictFlags
	cmd := &cobra.Command{
		Use:   "conflicts [--keep VERSION PATH | --interactive [PATH]] [PROFILE... | LOCAL URL]",
		Short: "List and settle what both sides changed",
		Long:  conflictsHelp,
		Example: `  ferry conflicts --diff
  ferry conflicts site --json
  ferry conflicts --keep remote notes.txt
  ferry conflicts --interactive
  ferry conflicts --tool meld
  ferry conflicts --keep both index.html ./public ftpes://deploy@example.com/htdocs`,
		ValidArgsFunction: prog.completeProfiles,
	}
	f := cmd.Flags()
	flags.keep.add(f, "keep", "settle the conflict at PATH: `VERSION` is local, remote or both", parseKeep)
	f.BoolVarP(&flags.interactive, "interactive", "i", false, "ask what to do with each conflict")
	f.StringVar(&flags.tool, "tool", "", "merge each conflict with `CMD`")
	f.BoolVar(&flags.merge, "merge", false, "merge each conflict with your merge-tool, or that of the profile")
	f.BoolVar(&flags.diff, "diff", false, "show how the versions of a text differ")
	f.BoolVar(&flags.copies, "copies", false, "list only the copies that passes have set aside")
	flags.conflict.add(f, "conflict", "what a pass would do, as for sync: `RULE`", parseText[app.ConflictRule])
	flags.trash.add(f, "trash", "keep what --keep replaces or removes: `on|off`", config.ParseSwitch)
	flags.connectFlags.register(f)
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		return prog.conflicts(cmd.Context(), args, &flags)
	})
	return cmd
}

// pathBeforePair returns PATH LOCAL URL where LOCAL URL PATH was typed.
func pathBeforePair(args []string) []string {
	if len(args) == 3 && config.IsURL(args[1]) && !config.IsURL(args[0]) && !config.IsURL(args[2]) {
		return []string{args[2], args[0], args[1]}
	}
	return args
}

func parseKeep(s string) (app.Keep, error) {
	switch keep := app.Keep(s); keep {
	case app.KeepLocal, app.KeepRemote, app.KeepBoth:
		return keep, nil
	}
	return "", fmt.Errorf("%q is none of local, remote, both", s)
}

func (prog *program) conflicts(ctx context.Context, args []string, flags *conflictFlags) error {
	path := ""
	if flags.keep.set {
		args = pathBeforePair(args)
		if len(args) == 0 || config.IsURL(args[0]) {
			return app.Usage(errors.New("--keep settles one conflict, and needs its path"), "as in: ferry conflicts --keep "+string(flags.keep.v)+" notes.txt")
		}
		if err := prog.pathFirst("ferry conflicts --keep "+string(flags.keep.v), args); err != nil {
			return err
		}
		path, args = args[0], args[1:]
	}
	if flags.settling() {
		if err := prog.checkSettling(flags); err != nil {
			return err
		}
		path, args = prog.settlePath(args)
	}
	pairs, err := prog.connectPairs(args, &flags.connectFlags)
	if err == nil {
		pairs, err = withoutDeployed(pairs, len(args) > 0, prog.talk().Note)
	}
	if err != nil {
		return err
	}
	if path != "" && len(pairs) > 1 {
		return tooManyPairs(pairs)
	}
	for _, p := range pairs {
		flags.conflict.over(&p.Conflict)
		flags.trash.over(&p.Trash)
		p.TrashSet = p.TrashSet || flags.trash.set
		if err := prog.readRules(p, &passFlags{}); err != nil {
			return err
		}
	}
	return exit(prog.each(ctx, pairs, func(ctx context.Context, p *app.Pair, head report.Head) error {
		if flags.keep.set || !flags.copies {
			giveBack, err := prog.opener().TakeOver(ctx, p)
			if err != nil {
				return err
			}
			defer giveBack()
		}
		if flags.settling() {
			s, err := prog.newSettler(p, head, path, flags)
			if err != nil {
				return err
			}
			return s.run(ctx)
		}
		snapshot, err := prog.snapshot(ctx, p, flags.copies)
		if err != nil {
			return err
		}
		defer snapshot.Close()
		if flags.keep.set {
			return prog.resolve(ctx, p, head, snapshot, path, flags.keep.v)
		}
		return prog.listConflicts(ctx, p, head, snapshot, flags.diff)
	}))
}

// snapshot scans both sides, and names what could not be read.
func (prog *program) snapshot(ctx context.Context, p *app.Pair, copiesOnly bool) (*app.Snapshot, error) {
	snapshot, err := prog.opener().Snapshot(ctx, p, copiesOnly)
	if err != nil {
		return nil, err
	}
	for _, side := range app.Sides {
		for _, problem := range snapshot.Problems[side] {
			prog.talk().Say("problem: ", report.Problem(side, problem))
		}
	}
	return snapshot, nil
}

// listConflicts prints the conflicts of a pair.
func (prog *program) listConflicts(ctx context.Context, p *app.Pair, head report.Head, snapshot *app.Snapshot, diffs bool) error {
	out := prog.env.Stdout
	people := !prog.common.json && !prog.common.quiet
	if head.Titled && people {
		fmt.Fprintf(out, "%s:\n", head.Profile)
	}
	for _, c := range snapshot.Conflicts {
		diff := ""
		if diffs {
			var err error
			if diff, err = show.ConflictDiff(ctx, snapshot, c); err != nil {
				return err
			}
		}
		switch {
		case prog.common.json:
			j := show.ConflictJSON(c, head.Profile)
			j.Diff = diff
			report.WriteJSON(out, j)
		case people:
			fmt.Fprint(out, show.ConflictLines(c), text.CleanContent(diff))
		}
	}
	switch {
	case people && len(snapshot.Conflicts) == 0:
		fmt.Fprintln(out, "no conflicts")
	case people:
		fmt.Fprintf(out, "%s; settle one with: %s\n", text.Count(len(snapshot.Conflicts), "conflict"), p.Command("conflicts --keep local|remote|both PATH"))
	}
	if !snapshot.Whole() {
		return exit(ExitIncomplete)
	}
	return nil
}

// resolve resolves the conflict that typed names, and says what was done.
func (prog *program) resolve(ctx context.Context, p *app.Pair, head report.Head, snapshot *app.Snapshot, typed string, keep app.Keep) error {
	c, err := snapshot.Find(prog.workspace(), p, typed)
	if err != nil {
		return err
	}
	done, err := prog.opener().Resolve(ctx, p, snapshot, c, keep, prog.common.dryRun)
	switch {
	case prog.common.json && err == nil:
		j := show.ConflictJSON(c, head.Profile)
		if !prog.common.dryRun {
			j.Settled = string(keep)
		}
		report.WriteJSON(prog.env.Stdout, j)
	case prog.common.json, prog.common.quiet && err == nil:
	default:
		prog.tellResolved(done, err == nil)
	}
	return err
}

// past are the verbs of what [app.Opener.Resolve] has done.
var past = map[string]string{"remove": "removed", "give": "gave", "fetch": "fetched", "put": "put", "move": "moved"}

func (prog *program) tellResolved(done []string, all bool) {
	out := prog.env.Stdout
	for _, what := range done {
		if prog.common.dryRun {
			fmt.Fprintln(out, text.Clean("would "+what))
			continue
		}
		verb, rest, _ := strings.Cut(what, " ")
		fmt.Fprintln(out, past[verb], text.Clean(rest))
	}
	if all && !prog.common.dryRun {
		fmt.Fprintln(out, "the next pass carries it to the other side")
	}
}
