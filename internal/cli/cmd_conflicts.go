package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ferry/internal/config"
	"ferry/manifest"
	"ferry/sync"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
)

const conflictsHelp = `List the files that both sides changed: the copies that passes have set aside
(NAME.sync-conflict-TIME-SIDE-HASH.EXT), each with its original, and what a pass
would meet now, as what waits under "conflict: skip". The latter takes a look at
both sides; --copies lists only the copies. Times are in UTC.

--diff shows how the versions of a text differ: - is what has the name, + the
version that was set aside; or - local and + remote.

--keep settles the conflict at PATH, which is the original or the copy:

  local, remote  the version of that side gets the name, the other one goes to
                 the trash
  both           the copy becomes an ordinary file, "NAME (conflict 1).EXT"

It is done by renames on this side, which the next pass carries to the other one
like any change; only what this side does not have is fetched, and what waits
is settled on the side that gives way. Whatever is replaced goes to the trash of
its side (but with "trash: off"), and nothing is touched that has changed since
it was looked at.

EXIT STATUS
  0 listed, or settled
  1 there is no such conflict, or it cannot be settled that way
  3 a part of a side could not be read
  4 could not connect or log in
  7 another run holds this pair (--copies does not mind)`

// conflictFlags are the options of conflicts.
type conflictFlags struct {
	connectFlags
	conflict value[sync.ConflictRule]
	copies   bool
	diff     bool
	keep     value[string]
}

func (a *app) conflictsCommand() *cobra.Command {
	var flags conflictFlags
	cmd := &cobra.Command{
		Use:   "conflicts [PROFILE... | LOCAL URL] | --keep VERSION PATH [PROFILE | LOCAL URL]",
		Short: "List and settle what both sides changed",
		Long:  conflictsHelp,
		Example: `  ferry conflicts --diff
  ferry conflicts site --json
  ferry conflicts --keep remote notes.txt
  ferry conflicts --keep both index.html ./public ftpes://deploy@example.com/htdocs`,
		ValidArgsFunction: a.completeProfiles,
	}
	f := cmd.Flags()
	flags.keep.add(f, "keep", "settle the conflict at PATH: `VERSION` is local, remote or both", func(s string) (string, error) {
		if s != "local" && s != "remote" && s != "both" {
			return "", fmt.Errorf("%q is none of local, remote, both", s)
		}
		return s, nil
	})
	f.BoolVar(&flags.diff, "diff", false, "show how the versions of a text differ")
	f.BoolVar(&flags.copies, "copies", false, "list only the copies that passes have set aside")
	flags.conflict.add(f, "conflict", "what a pass would do, as for sync: `RULE`", parseText[sync.ConflictRule])
	flags.connectFlags.register(f)
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		return a.conflicts(cmd.Context(), args, &flags)
	})
	return cmd
}

func (a *app) conflicts(ctx context.Context, args []string, flags *conflictFlags) error {
	path := ""
	if flags.keep.set {
		if len(args) == 0 || config.IsURL(args[0]) {
			return usage(errors.New("--keep settles one conflict, and needs its path"), "as in: ferry conflicts --keep "+flags.keep.v+" notes.txt")
		}
		path, args = args[0], args[1:]
	}
	pairs, err := a.connectPairs(args, &flags.connectFlags)
	if err != nil {
		return err
	}
	if flags.keep.set && len(pairs) > 1 {
		return usage(fmt.Errorf("there are %d profiles, and this is done in one of them", len(pairs)), "name the profile behind the path")
	}
	for _, p := range pairs {
		flags.conflict.over(&p.Conflict)
		if p.ignore, err = a.ignoreRules(p, &passFlags{}); err != nil {
			return err
		}
	}
	return exit(a.each(ctx, pairs, func(ctx context.Context, p *pair, head passHead) error {
		giveBack := func() error { return nil }
		if flags.keep.set || !flags.copies {
			var err error
			if giveBack, err = a.borrow(ctx, p); err != nil {
				return err
			}
		}
		defer giveBack()
		seen, err := a.disagreements(ctx, p, flags)
		if err != nil {
			return err
		}
		defer seen.close()
		if flags.keep.set {
			return a.settle(ctx, p, head, seen, path, flags.keep.v)
		}
		return a.listConflicts(ctx, p, head, seen, flags.diff)
	}))
}

// jsonVersion is what one side has of a file.
type jsonVersion struct {
	Size int64      `json:"size"`
	Time *time.Time `json:"time,omitempty"`
}

func versionOf(e manifest.Entry) *jsonVersion {
	if !e.Exists() {
		return nil
	}
	v := &jsonVersion{Size: e.Size}
	if t := e.Time(); !t.IsZero() {
		v.Time = &t
	}
	return v
}

type jsonDisagreement struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	jsonPath
	Copy       string       `json:"copy,omitempty"`
	CopyBytes  []byte       `json:"copy_base64,omitempty"`
	Loser      string       `json:"loser,omitempty"` // whose version the copy is
	Waiting    bool         `json:"waiting,omitempty"`
	Why        string       `json:"why"`
	Local      *jsonVersion `json:"local,omitempty"` // of what has the name
	Remote     *jsonVersion `json:"remote,omitempty"`
	CopyLocal  *jsonVersion `json:"copy_local,omitempty"`
	CopyRemote *jsonVersion `json:"copy_remote,omitempty"`
	Settled    string       `json:"settled,omitempty"` // local, remote or both
	Diff       string       `json:"diff,omitempty"`
}

func (d *disagreement) json(profile string) jsonDisagreement {
	copied := pathOf(d.copy)
	j := jsonDisagreement{
		Type: "conflict", Profile: profile, jsonPath: pathOf(d.path), Copy: copied.Path, CopyBytes: copied.Bytes,
		Waiting: d.waiting(), Why: d.why,
		Local: versionOf(d.named[sync.Local]), Remote: versionOf(d.named[sync.Remote]),
		CopyLocal: versionOf(d.copied[sync.Local]), CopyRemote: versionOf(d.copied[sync.Remote]),
	}
	if !d.waiting() {
		j.Loser = d.loser.String()
	}
	return j
}

// listConflicts prints what both sides disagree about.
func (a *app) listConflicts(ctx context.Context, p *pair, head passHead, seen *seen, diffs bool) error {
	out := a.env.Stdout
	if head.titled && !a.common.json && !a.common.quiet {
		fmt.Fprintf(out, "%s:\n", head.profile)
	}
	for _, d := range seen.found {
		diff := ""
		if diffs {
			var err error
			if diff, err = seen.diff(ctx, d); err != nil {
				return err
			}
		}
		switch {
		case a.common.json:
			j := d.json(head.profile)
			j.Diff = diff
			writeJSON(out, j)
		case !a.common.quiet:
			fmt.Fprint(out, d.text())
			fmt.Fprint(out, cleanText(diff))
		}
	}
	if !a.common.json && !a.common.quiet {
		if len(seen.found) == 0 {
			fmt.Fprintln(out, "no conflicts")
		} else {
			fmt.Fprintf(out, "%s; settle one with: ferry conflicts --keep local|remote|both PATH\n", count(len(seen.found), "conflict"))
		}
	}
	if seen.problems > 0 {
		return exit(ExitIncomplete)
	}
	return nil
}

// text returns the lines of a list.
func (d *disagreement) text() string {
	s := fmt.Sprintf("%s: %s\n", quoted(d.path), clean(d.why))
	s += "  " + versionLine(d.path.Base(), d.named)
	if !d.waiting() {
		s += "  " + versionLine(d.copy.Base(), d.copied)
	}
	return s
}

// versionLine says what each side has under a name.
func versionLine(name string, on [2]manifest.Entry) string {
	l, r := describe(on[sync.Local]), describe(on[sync.Remote])
	if l == r {
		return fmt.Sprintf("%s  both %s\n", clean(name), l)
	}
	return fmt.Sprintf("%s  local %s, remote %s\n", clean(name), l, r)
}

// describe returns size and time of a version, the time as exact as it is known.
func describe(e manifest.Entry) string {
	switch {
	case !e.Exists():
		return "nothing"
	case !e.IsFile():
		return e.Kind.String()
	}
	layout := map[manifest.Precision]string{
		manifest.Nanosecond: time.DateTime, manifest.Second: time.DateTime, manifest.Minute: "2006-01-02 15:04", manifest.Day: time.DateOnly,
	}[e.Precision]
	size := humanize.Bytes(uint64(max(e.Size, 0)))
	if layout == "" {
		return size
	}
	return size + " " + e.Time().Format(layout)
}
