// Package mirror shows a pass the other way round: what happens on the local side as if it
// happened on the remote side. A copy between servers is a pull whose local side is the target; to
// people the source comes first.
package mirror

import (
	"errors"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// A Mirror turns the events of one pass round. It may be used by one goroutine at a time.
type Mirror struct {
	// turned are the actions that have begun, turned, by their originals: who watches a pass knows an
	// action by its address.
	turned map[*sync.Action]*sync.Action
}

// Event returns ev turned round.
func (m *Mirror) Event(ev sync.Event) sync.Event {
	switch ev := ev.(type) {
	case sync.Scanned:
		ev.Side = ev.Side.Other()
		return ev
	case sync.Doubted:
		ev.Side = ev.Side.Other()
		return ev
	case sync.Planned:
		return sync.Planned{Plan: m.plan(ev.Plan)}
	case sync.Started:
		return sync.Started{Action: m.action(ev.Action)}
	case sync.Progress:
		return sync.Progress{Action: m.action(ev.Action), N: ev.N}
	case sync.Finished:
		defer delete(m.turned, ev.Action)
		return sync.Finished{Action: m.action(ev.Action), Err: ev.Err}
	case sync.Refused:
		defer delete(m.turned, ev.Action)
		return sync.Refused{Action: m.action(ev.Action)}
	case sync.Noticed:
		return sync.Noticed{Text: Words(ev.Text)}
	case sync.Ended:
		return sync.Ended{Summary: Summary(ev.Summary)}
	}
	return ev
}

// action returns a turned round, each time the same one.
func (m *Mirror) action(a *sync.Action) *sync.Action {
	if t := m.turned[a]; t != nil {
		return t
	}
	if m.turned == nil {
		m.turned = make(map[*sync.Action]*sync.Action)
	}
	t := turn(*a)
	m.turned[a] = &t
	return &t
}

func (m *Mirror) plan(p *sync.Plan) *sync.Plan {
	t := *p
	t.Actions = p.Actions.Turned(turn)
	t.Conflicts = make([]sync.Conflict, len(p.Conflicts))
	for i, c := range p.Conflicts {
		c.Local, c.Remote = c.Remote, c.Local
		c.LocalChange, c.RemoteChange = c.RemoteChange, c.LocalChange
		c.Loser, c.Why = c.Loser.Other(), Words(c.Why)
		t.Conflicts[i] = c
	}
	t.Skips = make([]sync.Skip, len(p.Skips))
	for i, s := range p.Skips {
		s.Side, s.Why = s.Side.Other(), Words(s.Why)
		t.Skips[i] = s
	}
	t.Twins[sync.Local], t.Twins[sync.Remote] = p.Twins[sync.Remote], p.Twins[sync.Local]
	return &t
}

var turnedOps = map[sync.Op]sync.Op{sync.Upload: sync.Download, sync.Download: sync.Upload}

// turn returns a turned round.
func turn(a sync.Action) sync.Action {
	if op, ok := turnedOps[a.Op]; ok {
		a.Op = op
	}
	a.Side = a.Side.Other()
	a.Local, a.Remote = a.Remote, a.Local
	a.LocalChange, a.RemoteChange = a.RemoteChange, a.LocalChange
	a.Base = manifest.Pair{Local: a.Base.Remote, Remote: a.Base.Local, Sum: a.Base.Sum}
	a.Why = Words(a.Why)
	return a
}

// Summary returns s turned round. What was read only to be compared counts as read.
func Summary(s sync.Summary) sync.Summary {
	s.Uploaded, s.Downloaded = s.Downloaded, s.Uploaded
	s.BytesUp, s.BytesDown = s.BytesDown, s.BytesUp
	s.DeletedLocal, s.DeletedRemote = s.DeletedRemote, s.DeletedLocal
	return s
}

// words are those of a pull to this machine, and those of a copy.
var words = strings.NewReplacer(
	"the remote side", "the source", "the local side", "the target",
	"the remote root", "the source", "the local root", "the target",
	"ferry pull", "ferry copy", "first pull of this pair", "first copy of these two", "first pass of this pair", "first copy of these two",
	"a pull ", "a copy ",
)

// Words returns what a pass says about its sides in the words of a copy.
func Words(text string) string { return words.Replace(text) }

// Error returns err in the words of a copy, which is command.
func Error(err error, command string) error {
	var unsafe *sync.UnsafeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unsafe):
		return &sync.UnsafeError{What: Words(unsafe.What), Hint: strings.ReplaceAll(Words(unsafe.Hint), `"ferry copy `, `"`+command+" "), Usage: unsafe.Usage}
	case Words(err.Error()) == err.Error():
		return err
	}
	return &reworded{err}
}

// A reworded error is another one in the words of a copy.
type reworded struct{ error }

func (e *reworded) Error() string { return Words(e.error.Error()) }
func (e *reworded) Unwrap() error { return e.error }
