package history

import "ferry/sync/trashbin"

import "ferry/sync"

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
	a := NewAction(Restore, side, t.Path)
	a.Size, a.Why = t.Entry.Size, "as it was put into the trash at "+t.When.UTC().Format("2006-01-02 15:04:05")+" UTC"
	r.Action(a, err)
}
