package cli

import (
	"ferry/internal/app"
	"ferry/internal/report"
)

// A loggedView is a view of a watched pair that writes into the log file as well.
type loggedView struct {
	watchView
	log watchView
}

// logged returns v, or what shows and logs the same.
func (prog *program) logged(v watchView, p *app.Pair, head report.Head) app.PairView {
	if prog.logFile == nil {
		return v
	}
	o := prog.logFile.reports(prog)
	o.Talk.Name, o.Verdict = head.Profile, verdictOf(p)
	prog.logFile.begin(prog, p)
	return loggedView{v, watchView{report.NewWatchView(head, o, nil)}}
}

// Note implements [app.Talker].
func (v loggedView) Note(format string, args ...any) {
	v.watchView.Note(format, args...)
	v.log.Note(format, args...)
}

// Warn implements [app.Talker].
func (v loggedView) Warn(format string, args ...any) {
	v.watchView.Warn(format, args...)
	v.log.Warn(format, args...)
}

// Say implements [app.Talker].
func (v loggedView) Say(kind, message string) {
	v.watchView.Say(kind, message)
	v.log.Say(kind, message)
}

// Status implements [app.PairView].
func (v loggedView) Status(s app.WatchStatus) {
	v.watchView.Status(s)
	v.log.Status(s)
}

// Busy implements [app.PairView].
func (v loggedView) Busy() {
	v.watchView.Busy()
	v.log.Busy()
}

// Pass implements [app.PairView].
func (v loggedView) Pass() app.PassReport {
	return report.Passes{v.WatchView.Pass(), v.log.WatchView.Pass()}
}

// PassFailed implements [app.PairView].
func (v loggedView) PassFailed(err error) {
	v.watchView.PassFailed(err)
	v.log.PassFailed(err)
}

// Failed implements [app.PairView].
func (v loggedView) Failed(err error) {
	v.watchView.Failed(err)
	v.log.Failed(err)
}
