package history

import (
	"ferry/sync"
	"ferry/sync/trashbin"
)

// Step writes what a command that makes no pass did on a side, or failed to do.
func (r *Recorder) Step(side sync.Side, step sync.Step, why string, err error) {
	a := NewAction(stepOp(side, step.Op), side, step.Path)
	a.SetFrom(step.From)
	a.Why = why
	if step.Op == sync.Put {
		a.Size = step.Want.Size
	}
	r.Action(a, err)
}

func stepOp(side sync.Side, op sync.StepOp) sync.Op {
	switch op {
	case sync.MkDir:
		return sync.Mkdir
	case sync.Move:
		return sync.Rename
	case sync.Remove:
		return sync.Delete
	case sync.RmDir:
		return sync.Rmdir
	}
	if side == sync.Local {
		return sync.Download
	}
	return sync.Upload
}

// Restored writes that a thing came back from the trash of a side, or why it did not.
func (r *Recorder) Restored(side sync.Side, t trashbin.Trashed, err error) {
	r.trashed(Restore, side, t, "", err)
}

// Discarded writes that a thing was removed for good from the trash of a side, and why, or
// why it was not.
func (r *Recorder) Discarded(side sync.Side, t trashbin.Trashed, why string, err error) {
	r.trashed(Discard, side, t, why, err)
}

func (r *Recorder) trashed(op sync.Op, side sync.Side, t trashbin.Trashed, why string, err error) {
	a := NewAction(op, side, t.Path)
	a.Size, a.Why = t.Entry.Size, "as it was put into the trash at "+t.When.UTC().Format("2006-01-02 15:04:05")+" UTC"
	if why != "" {
		a.Why = why + ", " + a.Why
	}
	r.Action(a, err)
}
