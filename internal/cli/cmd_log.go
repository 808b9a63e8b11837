package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"ferry/internal/app"
	"ferry/internal/app/copying"
	"ferry/internal/config"
	"ferry/internal/history"
	"ferry/internal/report"
	"ferry/internal/text"

	"github.com/spf13/cobra"
)

const logHelp = `Print what was done to which file, when and why, on either side, the newest first:

  2026-11-29 14:03  push  site  uploaded css/a.css (changed here)
  2026-11-29 13:58  watch  photos  deleted old.jpg here (deleted on the server)

PATH is a file, or a directory with all that is below it, relative to the root of
the pair or as a local path. A file is followed through its renames. A name that is
also that of a profile is written as ./NAME.

Without a profile these are all profiles of ferry.yaml; where there is no ferry.yaml,
all pairs that ferry remembers. Whose change it was is not known, only on which side
it was made. Who ran the command is shown where that was somebody else, and with -v,
which also prints the end of each pass.

ferry writes this for sync, push, pull, watch, deploy, rollback, trash restore and
conflicts --keep, into the state directory of this machine. log-keep in a profile says
for how long: 90d unless it says otherwise, "forever", or "off" for no history.

EXIT STATUS
  0 printed, also where nothing is known of PATH
  2 wrong usage or configuration`

// logFlags are the options of log.
type logFlags struct {
	since  value[time.Time]
	failed bool
	limit  value[int]
}

func logCommand(prog *program) *cobra.Command {
	var flags logFlags
	cmd := &cobra.Command{
		Use:   "log [PATH] [PROFILE... | LOCAL URL | SOURCE-URL TARGET-URL]",
		Short: "Print what was done to which file, when and why",
		Long:  logHelp,
		Example: `  ferry log
  ferry log css/a.css site
  ferry log site --since 2d --failed
  ferry log --json | jq 'select(.op == "delete")'`,
		ValidArgsFunction: prog.completeProfiles,
	}
	flags.since.add(cmd.Flags(), "since", "leave out what is older than `TIME`, as 2d, 12h or 2026-11-28", func(s string) (time.Time, error) {
		return parseSince(s, prog.env.Now())
	})
	cmd.Flags().BoolVar(&flags.failed, "failed", false, "print only what failed")
	flags.limit.add(cmd.Flags(), "limit", "print at most `N` lines", parseCount)
	cmd.RunE = prog.run(func(cmd *cobra.Command, args []string) error {
		return prog.printLog(cmd.Context(), args, &flags)
	})
	return cmd
}

// parseSince reads an age, a day, or a time.
func parseSince(s string, now time.Time) (time.Time, error) {
	if d, err := config.ParseDuration(s); err == nil {
		return now.Add(-d), nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.DateTime, time.RFC3339} {
		if at, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither an age, as 2d or 12h, nor a day, as 2026-11-28", s)
}

// printLog prints the lines that are asked for.
func (prog *program) printLog(ctx context.Context, args []string, flags *logFlags) error {
	path, pairs, err := prog.logTargets(args)
	if err != nil {
		return err
	}
	var books []iter.Seq[history.Line]
	known := make(map[string]*app.Pair)
	for _, p := range pairs {
		known[p.StateKey()] = p
		books = append(books, prog.logOf(p, path, flags))
	}
	out := bufio.NewWriter(prog.results())
	defer out.Flush()
	lines := logLines{now: prog.env.Now(), verbose: prog.common.verbose > 0, named: len(pairs) > 1 || len(pairs) == 1 && !pairs[0].Direct,
		pairs: known, all: path == "", failed: flags.failed, ended: make(map[string]bool)}
	printed := 0
	for l := range history.Merge(books) {
		if flags.limit.set && printed == flags.limit.v || ctx.Err() != nil {
			break
		}
		switch {
		case prog.common.json:
			if l.Failed() || !flags.failed {
				report.WriteJSON(out, l)
				printed++
			}
		case prog.common.quiet:
		default:
			if line := lines.line(&l); line != "" {
				fmt.Fprintln(out, line)
				printed++
			}
		}
	}
	if printed == 0 && !prog.common.json && !prog.common.quiet {
		fmt.Fprintln(out, nothingLogged(path, pairs, flags))
	}
	return nil
}

// nothingLogged says that there is no line to print.
func nothingLogged(path string, pairs []*app.Pair, flags *logFlags) string {
	line := "nothing is recorded"
	if flags.failed {
		line = "no failure is recorded"
	}
	if path != "" {
		line += " of " + text.Clean(path)
	}
	if flags.since.set {
		line += " since " + flags.since.v.Local().Format("2006-01-02 15:04")
	}
	var names []string
	for _, p := range pairs {
		names = append(names, p.ProfileName())
	}
	if near := config.Suggest(path, names); path != "" && near != "" {
		line += "; did you mean the profile " + text.Clean(near) + "?"
	}
	return line
}

// logOf returns the lines of one pair that are asked for, as far as one can tell without those
// that come later.
func (prog *program) logOf(p *app.Pair, typed string, flags *logFlags) iter.Seq[history.Line] {
	book := prog.workspace().History(p)
	return func(yield func(history.Line) bool) {
		var filter *history.PathFilter
		if root := typed == "." || typed != "" && prog.workspace().Absolute(typed) == p.Local; root {
			filter = history.NewPathFilter("")
		} else if typed != "" {
			path, err := prog.workspace().PathIn(p, typed, func(path app.Path) bool {
				about := history.NewPathFilter(path)
				for l := range book.Lines(time.Time{}) {
					if about.Match(&l) {
						return true
					}
				}
				return false
			})
			if err != nil {
				return // it is in no way a path of this pair
			}
			filter = history.NewPathFilter(path)
		}
		for l := range book.Lines(flags.since.v) {
			if l.Time.Before(flags.since.v) || filter != nil && !filter.Match(&l) {
				continue
			}
			if !yield(l) {
				return
			}
		}
	}
}

// logTargets tells the path from the names of profiles, and returns the pairs.
func (prog *program) logTargets(args []string) (path string, pairs []*app.Pair, err error) {
	w := prog.workspace()
	args = pathBeforePair(args)
	var known []*app.Pair
	first := len(args) == 3 && config.IsURL(args[2]) // the first argument is a path
	if !slices.ContainsFunc(args, config.IsURL) {
		known, err = w.ListedPairs(nil)
		if err != nil && !errors.Is(err, config.ErrNoFile) {
			return "", nil, err
		}
		first = len(args) > 0 && !slices.ContainsFunc(known, func(p *app.Pair) bool { return p.Name == args[0] })
	}
	if first {
		if path, args = args[0], args[1:]; path == "" {
			return "", nil, app.Usage(errors.New("the path is empty"), "\".\" stands for everything")
		}
	}
	switch {
	case len(args) == 0 && len(known) == 0:
		pairs, err = w.RememberedPairs()
	case ofCopy(args):
		var p *app.Pair
		p, err = copying.Pair(w, args[0], args[1])
		pairs = []*app.Pair{p}
	default:
		pairs, err = w.ListedPairs(args)
	}
	return path, pairs, err
}
