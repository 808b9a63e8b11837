package remote

import (
	"context"
	"fmt"
	"strings"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/chmod"
)

// mostTogether is how many neighbouring steps of a kind go together. Each Move is
// compared with all others of its group.
var mostTogether = map[sync.StepOp]int{sync.Put: groupFiles, sync.MkDir: 200, sync.Remove: 200, sync.RmDir: 200, sync.Move: 100, sync.SetMode: 200}

// An applier carries out the steps of a run.
type applier struct {
	uploader *uploader
	dirMaker *dirMaker
	mover    *mover
	remover  *remover
}

// run implements [sync.Replica.Apply]. Neighbouring steps of one kind go together, so
// that their commands share a round trip.
func (a *applier) run(ctx context.Context, steps []sync.Step, done func(i int, out sync.Outcome)) {
	for start := 0; start < len(steps); {
		n := groupLength(steps[start:])
		outs := make([]sync.Outcome, n)
		if ctx.Err() != nil {
			for i := range outs {
				outs[i].Err = context.Cause(ctx)
			}
		} else {
			n = a.group(ctx, steps[start:start+n], outs)
		}
		for i, out := range outs[:n] {
			if out.Err != nil {
				step := steps[start+i]
				out.Err = fmt.Errorf("%v %s: %w", step.Op, step.Path, out.Err)
				out.Entry = manifest.Entry{}
				out.Ambiguous = out.Ambiguous || isAmbiguous(out.Err)
			}
			done(start+i, out)
		}
		start += n
	}
}

// groupLength returns how many of the first steps of run go together: those of one kind
// that do not touch the same places.
func groupLength(run []sync.Step) int {
	first := run[0]
	most := mostTogether[first.Op]
	seen := map[manifest.Path]bool{first.Path: true}
	size := first.Want.Size
	n := 1
	for ; n < len(run) && n < most; n++ {
		step := run[n]
		size += step.Want.Size
		if step.Op != first.Op || seen[step.Path] || first.Op == sync.Move && meets(step, run[:n]) || first.Op == sync.Put && size > groupBytes {
			break
		}
		seen[step.Path] = true
	}
	return n
}

// meets reports whether a move and one of others have to do with the same place, or with
// one above or below it.
func meets(step sync.Step, others []sync.Step) bool {
	for _, other := range others {
		for _, a := range []manifest.Path{step.From, step.Path} {
			for _, b := range []manifest.Path{other.From, other.Path} {
				if a == b || a.Below(b) || b.Below(a) || strings.EqualFold(string(a), string(b)) {
					return true
				}
			}
		}
	}
	return false
}

// group carries out steps that go together, or the first few of them, and returns how
// many.
func (a *applier) group(ctx context.Context, steps []sync.Step, outs []sync.Outcome) int {
	switch steps[0].Op {
	case sync.Put:
		return a.uploader.apply(ctx, steps, outs)
	case sync.MkDir:
		a.dirMaker.apply(ctx, steps, outs)
	case sync.Move:
		a.mover.apply(ctx, steps, outs)
	case sync.Remove:
		a.remover.applyFiles(ctx, steps, outs)
	case sync.RmDir:
		a.remover.applyDirs(ctx, steps, outs)
	case sync.MakeLink:
		outs[0].Entry, outs[0].Err = a.remover.makeLink(ctx, steps[0])
		return 1
	case sync.SetMode:
		chmod.Apply(ctx, readServer{a.remover.server}, steps, outs)
	default:
		outs[0].Err = fmt.Errorf("step %d: %w", steps[0].Op, sync.ErrUnsupported)
	}
	return len(steps)
}
