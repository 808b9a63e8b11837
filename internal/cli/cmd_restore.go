package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
)

const restoreHelp = `Bring back the newest version of PATH that the trash of either side keeps, on the
side that keeps it. Where PATH was a directory, that is the newest version of
every file that was below it. PATH is relative to the root of the pair.

Nothing that is there is replaced: move it away first, or give the old version
another name with --as. To the next pass what was restored is an ordinary new
file, which it carries to the other side.

EXIT STATUS
  0 restored
  1 PATH is not in the trash, or something is in its place
  3 some files of a directory could not be restored
  4 could not connect or log in`

// restoreFlags are the options of trash restore.
type restoreFlags struct {
	trashFlags
	when value[string]
	as   value[string]
}

func (a *app) restoreCommand() *cobra.Command {
	var flags restoreFlags
	cmd := &cobra.Command{
		Use:   "restore PATH [PROFILE | LOCAL URL]",
		Short: "Bring back what was replaced or deleted",
		Long:  restoreHelp,
		Example: `  ferry trash restore css/old.css
  ferry trash restore notes.txt --as notes-before.txt --when 20260728-0905
  ferry trash restore photos/2019 nas --side remote`,
		Args: cobra.RangeArgs(1, 3),
	}
	flags.register(cmd)
	addWhen(cmd, &flags.when, "the version that was put there at `TIME`, as 20260728-090501, or the beginning of it")
	flags.as.add(cmd.Flags(), "as", "restore to `PATH` instead", parseString)
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		p, err := a.onePair(args[1:], &flags.connectFlags)
		if err != nil {
			return err
		}
		return exit(a.each(cmd.Context(), []*pair{p}, func(ctx context.Context, p *pair, head passHead) error {
			return a.restore(ctx, p, head, args[0], &flags)
		}))
	})
	return cmd
}

// onePair returns the one pair that args name.
func (a *app) onePair(args []string, flags *connectFlags) (*pair, error) {
	pairs, err := a.connectPairs(args, flags)
	if err != nil {
		return nil, err
	}
	if len(pairs) > 1 {
		return nil, usage(fmt.Errorf("there are %d profiles, and this is done in one of them", len(pairs)), "name the profile behind the path")
	}
	return pairs[0], nil
}

// pathIn reads a path as people type it: relative to the root of the pair, or
// the name of a file below the local root.
func (a *app) pathIn(p *pair, typed string, known func(manifest.Path) bool) (manifest.Path, error) {
	path, err := manifest.ParsePath(strings.Trim(strings.TrimPrefix(filepath.ToSlash(typed), "./"), "/"))
	if err == nil && known(path) {
		return path, nil
	}
	if rel, rerr := filepath.Rel(p.Local, a.absolute(typed)); rerr == nil && filepath.IsLocal(rel) {
		if below, perr := manifest.ParsePath(filepath.ToSlash(rel)); perr == nil && known(below) {
			return below, nil
		}
	}
	if err != nil {
		return manifest.Root, usage(err, "a path is relative to the root of the pair, with slashes, as css/new.css")
	}
	return path, nil
}

// restore brings back what was at a path.
func (a *app) restore(ctx context.Context, p *pair, head passHead, typed string, flags *restoreFlags) error {
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
	things, err := trashed(ctx, sides, flags.when.v, time.Time{})
	if err != nil {
		return err
	}
	path, err := a.pathIn(p, typed, func(path manifest.Path) bool { return len(versions(things, path)) > 0 })
	if err != nil {
		return err
	}
	found := versions(things, path)
	if len(found) == 0 {
		return &codeError{code: ExitFailed, err: fmt.Errorf("%s is not in the trash", quoted(path)), hint: "\"ferry trash\" lists what is"}
	}
	if flags.as.set {
		to, err := manifest.ParsePath(filepath.ToSlash(flags.as.v))
		if err != nil {
			return usage(err, "a path is relative to the root of the pair, with slashes, as css/new.css")
		}
		for i, d := range found {
			found[i].Path = d.Path.Rebase(path, to)
		}
	}
	return a.restoreAll(ctx, sides, head, found)
}

// versions returns the newest version of a path, or of every path below it
// where it was a directory. things are the latest first.
func versions(things []discarded, path manifest.Path) []discarded {
	var below []discarded
	seen := make(map[manifest.Path]bool)
	for _, d := range things {
		if d.Path == path && d.Entry.IsFile() {
			return []discarded{d}
		}
		if d.Path.Within(path) && !seen[d.Path] {
			seen[d.Path] = true
			below = append(below, d)
		}
	}
	return below
}

// restoreAll restores things one by one. That one cannot be restored does not
// stop the others.
func (a *app) restoreAll(ctx context.Context, sides [2]store, head passHead, found []discarded) error {
	failed := 0
	for _, d := range found {
		var err error
		if !a.common.dryRun {
			err = sides[d.side].Restore(ctx, d.Trashed)
		}
		switch {
		case err != nil && (ctx.Err() != nil || len(found) == 1 || errors.Is(err, sync.ErrFatal)):
			return inTheWay(d, err)
		case err != nil:
			failed++
			a.talk().say("failed: ", inTheWay(d, err).Error())
		default:
			a.tellRestored(head, d)
		}
	}
	if failed > 0 {
		return &codeError{code: ExitIncomplete, err: fmt.Errorf("%s could not be restored", count(failed, "file")), hint: wayOut}
	}
	return nil
}

const wayOut = "nothing that is there is replaced: move it away first, or give the old version another name with --as"

// inTheWay adds the way out where something stands in the place of what is to be
// restored.
func inTheWay(d discarded, err error) error {
	if errors.Is(err, sync.ErrChanged) {
		return &codeError{code: ExitFailed, hint: wayOut,
			err: fmt.Errorf("%s is not restored: something is in its place on the %s side, or the trash has just changed", quoted(d.Path), d.side)}
	}
	return err
}

func (a *app) tellRestored(head passHead, d discarded) {
	if a.common.json {
		j := d.json(head.profile)
		j.Restored = !a.common.dryRun
		writeJSON(a.env.Stdout, j)
		return
	}
	if a.common.quiet {
		return
	}
	word := "restored"
	if a.common.dryRun {
		word = "would restore"
	}
	fmt.Fprintf(a.env.Stdout, "%s %s on the %s side, as it was put into the trash at %s (%s)\n", word, quoted(d.Path), d.side, d.stamp(),
		humanize.Bytes(uint64(max(d.Entry.Size, 0))))
}

// quoted returns a path for a sentence.
func quoted(p manifest.Path) string { return clean(string(p)) }
