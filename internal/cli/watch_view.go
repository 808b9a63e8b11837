package cli

import (
	"fmt"
	"strings"
	stdsync "sync"
	"time"

	"ferry/sync"
	"ferry/sync/watch"
)

// A pairView shows what becomes of one pair that is kept in step: a line, or a
// JSON object, for every change of its state, and the reports of its passes.
type pairView struct {
	app    *app
	head   passHead
	talk   talker
	redraw func() // of the lines on a terminal; may be nil
	tell   func() // that the state may have changed; may be nil
	pace   pace

	mu     stdsync.Mutex // guards what follows
	status watch.Status
	told   watch.Status // the last one that was told
	away   bool         // the pair is not in step, or was never yet
	active bool         // the pass under way has something to do
	hinted bool         // something changed here, and nobody has looked at it yet
}

type jsonState struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	watch.Status
}

// newReport returns what shows the next pass.
func (v *pairView) newReport() reporter {
	if v.app.common.json {
		return &jsonReport{head: v.head, out: v.app.env.Stdout, now: v.app.env.Now, quiet: v.talk.quiet, talk: v.talk}
	}
	return &textReport{head: v.head, out: v.app.env.Stdout, talk: v.talk, brief: true, verbose: v.app.common.verbose > 0}
}

// event keeps count of a pass for whoever looks.
func (v *pairView) event(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Planned:
		v.pace.begin(workOf(ev.Plan), v.app.env.Now())
	case sync.Progress:
		v.pace.add(work{bytes: ev.N})
	case sync.Finished:
		if told(ev.Action) {
			v.pace.add(work{files: 1})
		}
	default:
		return
	}
	v.draw()
}

func (v *pairView) draw() {
	if v.redraw != nil {
		v.redraw()
	}
}

// changed takes a new status. That a pass begins is worth a word only when it
// has something to do, see busy.
func (v *pairView) changed(s watch.Status) {
	v.mu.Lock()
	if s.State == watch.Syncing && v.status.State != watch.Syncing {
		v.pace.begin(work{}, v.app.env.Now())
	}
	v.status = s
	was, away := v.told, v.away
	fresh := false
	if s.State != watch.Syncing {
		// Programs that heard of a pass hear of its end.
		fresh = s.State != was.State || s.Reason != was.Reason || v.active && v.app.common.json
		v.active = false
		v.hinted = v.hinted && (s.State != watch.Idle || s.Queue > 0)
	}
	if fresh {
		v.told = s
		v.away = s.State != watch.Idle
	}
	v.mu.Unlock()
	if fresh {
		v.say(s, away)
	}
	if v.tell != nil {
		v.tell()
	}
	v.draw()
}

// busy says that a pass has something to do.
func (v *pairView) busy() {
	v.mu.Lock()
	v.active = true
	s := v.status
	v.mu.Unlock()
	if s.State != watch.Syncing { // the keeper's word is on its way
		s.State, s.Reason, s.Hint, s.Since = watch.Syncing, "", "", v.app.env.Now()
	}
	if v.app.common.json && !v.talk.quiet {
		writeJSON(v.app.env.Stdout, jsonState{"state", v.head.profile, s})
	}
}

// settled reports whether the pair was in step when it was last looked at, and
// nothing was found to do since.
func (v *pairView) settled() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.told.State == watch.Idle && !v.active && !v.hinted
}

// hint says that something has changed on the local side.
func (v *pairView) hint() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.hinted = true
}

// say tells of a state. away says that the pair was not in step before.
func (v *pairView) say(s watch.Status, away bool) {
	bad := s.State == watch.Waiting || s.State == watch.Halted
	if v.app.common.json && (bad || !v.talk.quiet) {
		writeJSON(v.app.env.Stdout, jsonState{"state", v.head.profile, s})
	}
	switch s.State {
	case watch.Waiting:
		v.talk.warn("waiting: %s%s", s.Reason, v.nextTry(s, "trying"))
	case watch.Halted:
		v.talk.say("error: ", "halted: "+s.Reason+v.nextTry(s, "looking"))
	case watch.HandedOver:
		v.talk.note("lent to another command")
	case watch.Idle:
		if away {
			v.talk.note("%s", inStep(s, v.head.direction))
		}
	}
	if bad {
		v.talk.say("hint: ", s.Hint)
	}
}

// nextTry says when something is done about a pair again.
func (v *pairView) nextTry(s watch.Status, doing string) string {
	if s.NextTry.IsZero() {
		return ""
	}
	d := max(s.NextTry.Sub(v.app.env.Now()), 0).Round(time.Second)
	if d < time.Second {
		return "; " + doing + " again"
	}
	return "; " + doing + " again in " + spanText(d)
}

// inStep says that a pair is in step, and how it is kept there.
func inStep(s watch.Status, d sync.Direction) string {
	text := "in step"
	if s.Failed > 0 {
		text += " but for " + count(s.Failed, "file") + " that failed"
	}
	return text + map[sync.Direction]string{
		sync.Both: ", watching both sides",
		sync.Push: ", watching the local directory",
		sync.Pull: ", watching the server",
	}[d]
}

// failJSON writes the error that ended a pass, or kept it from beginning. For
// people the state says it.
func (v *pairView) failJSON(err error) {
	if v.app.common.json {
		writeJSONError(v.app.env.Stdout, v.head.profile, err)
	}
}

// fail tells of an error that no state tells of.
func (v *pairView) fail(err error) {
	v.failJSON(err)
	v.talk.say("error: ", err.Error())
	v.talk.say("hint: ", hintFor(err))
}

// line is the line of the pair on a terminal.
func (v *pairView) line(width int) string {
	v.mu.Lock()
	s := v.status
	v.mu.Unlock()
	state := string(s.State)
	if s.State == watch.Idle {
		state = "in step"
	}
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if s.Queue > 0 {
		add("%d waiting", s.Queue)
	}
	switch s.State {
	case watch.Syncing:
		add("%s", v.pace.text(v.app.env.Now()))
	case watch.Waiting, watch.Halted:
		if !s.NextTry.IsZero() {
			add("again %s", s.NextTry.Local().Format(time.TimeOnly))
		}
		add("%s", clean(s.Reason))
	case watch.Idle:
		if !s.LastPass.IsZero() {
			add("last look %s", s.LastPass.Local().Format(time.TimeOnly))
		}
		if !s.NextPoll.IsZero() {
			add("next poll %s", s.NextPoll.Local().Format(time.TimeOnly))
		}
	}
	if s.Conflicts > 0 {
		add("%s", count(s.Conflicts, "conflict"))
	}
	if s.Failed > 0 {
		add("%d failed", s.Failed)
	}
	return pad(state, 8) + "  " + strings.Join(parts, "  ")
}

// spanText returns a span of time as people write it: "45s", "5m", "1h30m".
func spanText(d time.Duration) string {
	text := d.Round(time.Second).String()
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}
