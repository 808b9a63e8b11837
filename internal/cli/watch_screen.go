package cli

import (
	"ferry/internal/app"
	"ferry/internal/report"
)

// A watchScreen arranges the outputs for a run that stays: lines with the time or, for
// the journal, their priority, and on a terminal one line for each pair that changes in
// place.
type watchScreen struct {
	prog  *program
	watch *app.Watch
	live  *report.Live // nil: no lines that change in place
	pairs int          // how many there are
}

// fewPairs is how many pairs are named when a watch begins. More are counted.
const fewPairs = 10

// begin arranges the outputs. done removes the lines that change in place.
func (s *watchScreen) begin(w *app.Watch) (done func()) {
	s.watch = w
	prog := s.prog
	prog.arranged()
	stream := prog.env.Getenv("JOURNAL_STREAM")
	if report.ToJournal(prog.env.Stderr, stream) {
		prog.stderr.StampWith(report.JournalStamp)
		prog.logTo = prog.stderr
	} else {
		prog.stderr.StampWith(report.TimeStamp(prog.env.Now, prog.env.StderrTerminal))
		prog.logTo = report.Unstamped{Screen: prog.stderr}
	}
	prog.opener().Log = prog.log()
	s.arrangeResults(report.ToJournal(prog.stdout, stream))
	if s.pairs > fewPairs && !prog.common.json && prog.common.verbose == 0 {
		prog.talk().Note("watching %d pairs (-v names their directories)", s.pairs)
	}
	if !prog.env.StderrTerminal || prog.common.json || prog.common.quiet || prog.common.noProgress {
		return func() {}
	}
	s.live = report.NewLive(prog.stderr, prog.env.Stderr, prog.env.Width, s.lines)
	stop := onResize(s.live.Redraw)
	return func() {
		stop()
		s.live.Close()
	}
}

// arrangeResults arranges standard output. Where it is the terminal that the lines of
// pairs are drawn on, all goes one way.
func (s *watchScreen) arrangeResults(journal bool) {
	prog := s.prog
	if prog.env.StdoutTerminal && prog.env.StderrTerminal && !prog.common.json {
		prog.env.Stdout = prog.stderr
		return
	}
	out := report.NewScreen(prog.env.Stdout)
	switch {
	case prog.common.json:
	case journal:
		out.StampWith(report.JournalStamp)
	default:
		out.StampWith(report.TimeStamp(prog.env.Now, prog.env.StdoutTerminal))
	}
	prog.env.Stdout = out
}

// A watchView is a [report.WatchView] in the words of package app.
type watchView struct{ *report.WatchView }

func (v watchView) Pass() app.PassReport { return v.WatchView.Pass() }

// onScreen returns what the terminal shows.
func (v watchView) onScreen() *report.WatchView { return v.WatchView }

// view returns the view of a pair, and names its two sides.
func (s *watchScreen) view(p *app.Pair) app.PairView {
	head := headOf(p, false, !p.Direct)
	if !s.prog.common.json && (s.pairs <= fewPairs || s.prog.common.verbose > 0) {
		s.prog.sayHead(head)
	}
	o := s.prog.reports()
	o.Talk.Name, o.Verdict = head.Profile, verdictOf(p)
	return s.prog.logged(watchView{report.NewWatchView(head, o, s.redraw)}, p, head)
}

func (s *watchScreen) redraw() {
	if s.live != nil {
		s.live.Redraw()
	}
}

// lines returns the lines of all pairs for a terminal of that size.
func (s *watchScreen) lines(columns, rows int) []string {
	var views []*report.WatchView
	for _, v := range s.watch.Views() {
		views = append(views, v.(interface{ onScreen() *report.WatchView }).onScreen())
	}
	return report.WatchLines(views, columns, rows)
}
