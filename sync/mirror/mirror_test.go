package mirror

import (
	"errors"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

func TestActionsAreTurnedRound(t *testing.T) {
	file := func(size int64) manifest.Entry { return manifest.Entry{Kind: manifest.File, Size: size} }
	plan := &sync.Plan{
		Actions: sync.ActionsOf(
			sync.Action{Op: sync.Download, Side: sync.Local, Path: "a", Local: file(1), Remote: file(2), RemoteChange: sync.Changed, Why: "changed on the remote side"},
			sync.Action{Op: sync.Delete, Side: sync.Local, Path: "b", RemoteChange: sync.Deleted},
		),
		Skips: []sync.Skip{{Path: "c", Side: sync.Local, Why: "changed on the local side only"}},
	}
	var m Mirror
	turned := m.Event(sync.Planned{Plan: plan}).(sync.Planned).Plan
	a := turned.Actions.At(0)
	if a.Op != sync.Upload || a.Side != sync.Remote || a.Local.Size != 2 || a.Remote.Size != 1 || a.LocalChange != sync.Changed || a.RemoteChange != sync.NoChange || a.Why != "changed on the source" {
		t.Errorf("%+v", a)
	}
	if b := turned.Actions.At(1); b.Op != sync.Delete || b.Side != sync.Remote {
		t.Errorf("%+v", b)
	}
	if s := turned.Skips[0]; s.Side != sync.Remote || s.Why != "changed on the target only" {
		t.Errorf("%+v", s)
	}
	if plan.Actions.At(0).Op != sync.Download {
		t.Error("the plan itself was changed")
	}
	begun := plan.Actions.At(0)
	first := m.Event(sync.Started{Action: begun}).(sync.Started).Action
	for range 2 {
		if got := m.Event(sync.Progress{Action: begun, N: 1}).(sync.Progress).Action; got != first {
			t.Error("an action has another address in a later event")
		}
	}
	if m.Event(sync.Finished{Action: begun}).(sync.Finished).Action != first || len(m.turned) > 0 {
		t.Errorf("at its end it has another address, or %d are kept", len(m.turned))
	}
	got := Summary(sync.Summary{Downloaded: 1, BytesDown: 2, DeletedLocal: 3})
	if got != (sync.Summary{Uploaded: 1, BytesUp: 2, DeletedRemote: 3}) {
		t.Errorf("%+v", got)
	}
}

func TestErrorsSpeakOfSourceAndTarget(t *testing.T) {
	unsafe := Error(&sync.UnsafeError{What: "3 files would be deleted on the local side", Hint: "look with \"ferry pull --exact --dry-run\""}, "ferry copy A B")
	if e, ok := unsafe.(*sync.UnsafeError); !ok || e.What != "3 files would be deleted on the target" || e.Hint != "look with \"ferry copy A B --exact --dry-run\"" {
		t.Errorf("%#v", unsafe)
	}
	cause := errors.New("x")
	if err := Error(errors.Join(errors.New("looking at the remote root"), cause), "ferry copy A B"); err.Error() != "looking at the source\nx" || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
	if Error(nil, "ferry copy A B") != nil || Error(cause, "ferry copy A B") != cause {
		t.Error("an error without a side was changed")
	}
}
