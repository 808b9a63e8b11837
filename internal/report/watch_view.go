package report

import (
	stdsync "sync"
	"time"

	"ferry/internal/text"
	"ferry/sync"
	"ferry/sync/watch"
)

// A WatchView shows what becomes of one watched pair: a line, or a JSON object, for
// every change of its state, and the reports of its passes. Its methods may be
// called from any goroutine.
type WatchView struct {
	Talker
	head   Head
	o      Options
	redraw func() // of the lines on a terminal; may be nil
	pace   pace

	mu     stdsync.Mutex // guards what follows
	status watch.Status
	told   watch.Status // the last one that was told
	away   bool         // the pair is not in step, or was never yet
	active bool         // the pass under way has something to do
}

// NewWatchView returns the view of a pair. redraw is called when its line has
// changed; it may be nil.
func NewWatchView(head Head, o Options, redraw func()) *WatchView {
	o.Brief, o.Terminal, o.Lines = true, nil, false
	return &WatchView{Talker: o.Talk, head: head, o: o, redraw: redraw, away: true}
}

type jsonState struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	watch.Status
}

// Pass returns what shows the next pass.
func (v *WatchView) Pass() Pass { return NewPass(v.head, v.o) }

// Event counts the progress of a pass.
func (v *WatchView) Event(ev sync.Event) {
	if v.pace.observe(ev, v.o.Now()) {
		v.draw()
	}
}

func (v *WatchView) draw() {
	if v.redraw != nil {
		v.redraw()
	}
}

// Status shows a new status. That a pass begins is told only when it has something
// to do, see [WatchView.Busy].
func (v *WatchView) Status(s watch.Status) {
	v.mu.Lock()
	if s.State == watch.Syncing && v.status.State != watch.Syncing {
		v.pace.meter.Reset()
	}
	v.status = s
	was, away := v.told, v.away
	fresh := false
	if s.State != watch.Syncing {
		// Programs that heard of a pass hear of its end.
		fresh = s.State != was.State || s.Reason != was.Reason || v.active && v.o.JSON
		v.active = false
	}
	if fresh {
		v.told = s
		v.away = s.State != watch.Idle
	}
	v.mu.Unlock()
	if fresh {
		v.tell(s, away)
	}
	v.draw()
}

// Busy shows that the pass under way has something to do.
func (v *WatchView) Busy() {
	v.mu.Lock()
	v.active = true
	s := v.status
	v.mu.Unlock()
	if s.State != watch.Syncing { // Status will be called soon
		s.State, s.Reason, s.Hint, s.Since = watch.Syncing, "", "", v.o.Now()
	}
	if v.o.JSON && !v.Quiet {
		WriteJSON(v.o.Out, jsonState{"state", v.head.Profile, s})
	}
}

// tell tells of a state. away says that the pair was not in step before.
func (v *WatchView) tell(s watch.Status, away bool) {
	bad := s.State == watch.Waiting || s.State == watch.Halted
	if v.o.JSON && (bad || !v.Quiet) {
		WriteJSON(v.o.Out, jsonState{"state", v.head.Profile, s})
	}
	switch s.State {
	case watch.Waiting:
		v.Warn("waiting: %s%s", s.Reason, v.nextTry(s, "trying"))
	case watch.Halted:
		v.Say("error: ", "halted: "+s.Reason+v.nextTry(s, "looking"))
	case watch.HandedOver:
		v.Note("handed over to another command")
	case watch.Paused:
		v.Note("paused")
	case watch.Idle:
		if away {
			v.Note("%s", inStep(s, v.head.Direction))
		}
	}
	if bad {
		v.Say("hint: ", s.Hint)
	}
}

// nextTry says when something is done about a pair again.
func (v *WatchView) nextTry(s watch.Status, doing string) string {
	if s.NextTry.IsZero() {
		return ""
	}
	d := max(s.NextTry.Sub(v.o.Now()), 0).Round(time.Second)
	if d < time.Second {
		return "; " + doing + " again"
	}
	return "; " + doing + " again in " + Span(d)
}

// inStep says that a pair is in step, and how it is kept there.
func inStep(s watch.Status, d sync.Direction) string {
	state := "in sync"
	if s.Failed > 0 {
		state += " but for " + text.Count(s.Failed, "file") + " that failed"
	}
	return state + map[sync.Direction]string{
		sync.Both: ", watching both sides",
		sync.Push: ", watching the local directory",
		sync.Pull: ", watching the server",
	}[d]
}

// PassFailed writes the error that ended a pass, or kept it from beginning, in JSON.
// People learn it from the state.
func (v *WatchView) PassFailed(err error) {
	if v.o.JSON {
		WriteError(v.o.Out, v.head.Profile, err, v.o.Verdict)
	}
}

// Failed tells of an error that no state tells of.
func (v *WatchView) Failed(err error) {
	v.PassFailed(err)
	v.Fail(err, v.o.Verdict.Hint(err))
}
