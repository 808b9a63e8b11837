package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ferry/internal/daemon"
	"ferry/sync/watch"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
)

const statusHelp = `Print what "ferry sync" would do, and do nothing: no file is written, on neither
side, and nothing is remembered.

  what happened here   what happened there
    new      ---->            css/new.css        4.1 kB
             <----  changed   data/log.txt        18 kB
    changed  <-?->  changed   index.html         keep both

A pair that "ferry watch" keeps in step is not looked at: the watch is asked what
it is doing. Where it is halted because a pass would not be safe, the plan of
that pass follows.

EXIT STATUS
  0 whatever the plan is; with --exit-code 10 where something is to be done, or a
    watched pair is not in step
  3 a part of a side could not be read, so that the plan is not whole`

func (a *app) statusCommand() *cobra.Command {
	var flags passFlags
	var exitCode bool
	cmd := &cobra.Command{
		Use:               "status [PROFILE... | LOCAL URL]",
		Short:             "Print what a pass would do, or what a watch is doing",
		Long:              statusHelp,
		Example:           "  ferry status\n  ferry status site --exit-code --quiet || echo \"not in step\"",
		ValidArgsFunction: a.completeProfiles,
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "exit 10 where changes are pending")
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		pairs, err := a.passPairs(args, &flags, nil)
		if err != nil {
			return err
		}
		o := a.passOptions(&flags)
		o.dryRun = true
		return exit(a.statuses(cmd.Context(), pairs, o, exitCode))
	})
	return cmd
}

// statuses shows the state of each pair: what its watch says, or what a pass
// would do.
func (a *app) statuses(ctx context.Context, pairs []*pair, o passOptions, pending bool) int {
	code := ExitOK
	titled := len(pairs) > 1
	for _, p := range pairs {
		peer := a.watcherOf(ctx, p)
		if peer == nil {
			code = worse(code, a.pass(ctx, p, o, titled, pending))
		} else {
			code = worse(code, a.watchedStatus(ctx, p, peer, o, titled, pending))
		}
		if ctx.Err() != nil {
			return ExitInterrupted
		}
	}
	return code
}

// watchedStatus shows what the process at the other end says of a pair.
func (a *app) watchedStatus(ctx context.Context, p *pair, peer *daemon.Peer, o passOptions, titled, pending bool) int {
	defer peer.Close()
	report, err := peer.Report(ctx)
	if err != nil {
		err = &codeError{code: ExitLocked, err: err}
		a.tellFailure(p.head(true, titled), err)
		return errorCode(err)
	}
	a.tellWatched(report)
	code := ExitOK
	if pending && !report.InStep {
		code = ExitPending
	}
	if report.State == watch.Halted && report.Exit == ExitUnsafe {
		code = worse(code, a.haltedPlan(ctx, p, o, titled, pending))
	}
	return code
}

// haltedPlan prints the plan that was not safe, for somebody to decide.
func (a *app) haltedPlan(ctx context.Context, p *pair, o passOptions, titled, pending bool) int {
	giveBack, err := a.borrow(ctx, p)
	if err != nil {
		a.tellFailure(p.head(true, titled), err)
		return errorCode(err)
	}
	defer giveBack()
	code := a.pass(ctx, p, o, titled, pending)
	if code == ExitUnsafe {
		return ExitOK // the state says it
	}
	return code
}

type jsonWatch struct {
	Type string `json:"type"`
	daemon.Report
}

// tellWatched prints what a watch says of a pair.
func (a *app) tellWatched(r daemon.Report) {
	switch {
	case a.common.quiet && r.InStep:
	case a.common.json:
		writeJSON(a.env.Stdout, jsonWatch{"watch", r})
	default:
		fmt.Fprint(a.env.Stdout, watchedText(r, a.env.Now()))
	}
}

// watchedText returns what a watch says of a pair, for people.
func watchedText(r daemon.Report, now time.Time) string {
	name := clean(r.Profile)
	if name == "" {
		name = clean(r.Local) + " " + clean(r.Remote)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", name, stateText(r))
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "  %-11s %s\n", what, fmt.Sprintf(format, args...))
	}
	at := func(what string, t time.Time) {
		if !t.IsZero() {
			line(what, "%s", whenText(t, now))
		}
	}
	if r.Hint != "" {
		line("way out", "%s", clean(r.Hint))
	}
	if p := r.Progress; p != nil {
		line("progress", "%d of %s, %s of %s", p.Files, count(p.FilesTotal, "step"), humanize.Bytes(uint64(max(p.Bytes, 0))), humanize.Bytes(uint64(max(p.BytesTotal, 0))))
	}
	if r.Queue > 0 {
		line("queue", "%s waiting to be looked at", count(r.Queue, "path"))
	}
	at("last pass", r.LastPass)
	if r.Last != nil && did(*r.Last) {
		line("last change", "%s", briefText(*r.Last))
	}
	at("last full", r.LastFull)
	at("next poll", r.NextPoll)
	at("next try", r.NextTry)
	if r.Conflicts > 0 {
		line("conflicts", "%d since the start; \"ferry conflicts\" lists what waits", r.Conflicts)
	}
	if r.Failed > 0 {
		line("failed", "%s", count(r.Failed, "file"))
	}
	for _, n := range r.Notices {
		line("notice", "%s", clean(n))
	}
	line("watched", "by process %d, for %s", r.PID, spanText(now.Sub(r.Started)))
	return b.String()
}

// stateText says what a pair is doing and why.
func stateText(r daemon.Report) string {
	state := string(r.State)
	if r.State == watch.Idle || r.State == watch.Syncing && r.InStep {
		state = "in step"
	}
	if r.Failed > 0 && r.State == watch.Idle {
		state = "in step but for what failed"
	}
	if r.Reason != "" {
		state += ": " + clean(r.Reason)
	}
	return state
}

// whenText returns a time for people, with its day where that is another.
func whenText(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format(time.TimeOnly)
	}
	return t.Format(time.DateTime)
}
