package remote

import (
	"context"
	"fmt"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// batchMoves is the number of renamings that go in one batch: each is held against
// all others of its batch.
const batchMoves = 100

// batchSteps is the number of removals, or of directories to be made, that go
// in one batch.
const batchSteps = 200

// Apply implements [sync.Replica]. Neighbouring steps of one kind go together,
// so that their commands share a round trip.
func (d *Directory) Apply(ctx context.Context, run []sync.Step, done func(i int, out sync.Outcome)) {
	for start := 0; start < len(run); {
		n := groupLength(run[start:])
		outs := make([]sync.Outcome, n)
		if ctx.Err() != nil {
			for i := range outs {
				outs[i].Err = context.Cause(ctx)
			}
		} else {
			n = d.applyGroup(ctx, run[start:start+n], outs)
		}
		for i, out := range outs[:n] {
			if out.Err != nil {
				step := run[start+i]
				out.Err = fmt.Errorf("%v %s: %w", step.Op, step.Path, out.Err)
				out.Entry = manifest.Entry{}
				out.Ambiguous = out.Ambiguous || isAmbiguous(out.Err)
			}
			done(start+i, out)
		}
		start += n
	}
}

// groupLength returns how many of the steps at the beginning of run go
// together: of one kind, none touching what another one does.
func groupLength(run []sync.Step) int {
	first := run[0]
	most := map[sync.StepOp]int{sync.Put: groupFiles, sync.MkDir: batchSteps, sync.Remove: batchSteps, sync.RmDir: batchSteps, sync.Move: batchMoves}[first.Op]
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

// meets reports whether a move has to do with a place that one of others comes
// from or goes to, or with what is above or below it.
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

// applyGroup carries out steps that go together, or the first few of them, and
// returns how many.
func (d *Directory) applyGroup(ctx context.Context, steps []sync.Step, outs []sync.Outcome) int {
	switch steps[0].Op {
	case sync.Put:
		ups := make([]*upload, len(steps))
		for i, step := range steps {
			ups[i] = d.newUpload(step)
		}
		n := d.puts(ctx, ups)
		for i, u := range ups[:n] {
			outs[i] = u.out
		}
		return n
	case sync.MkDir:
		d.mkdirs(ctx, steps, outs)
	case sync.Remove:
		d.removes(ctx, steps, outs)
	case sync.Move:
		d.moves(ctx, steps, outs)
	case sync.RmDir:
		d.rmdirs(ctx, steps, outs)
	default:
		outs[0].Err = fmt.Errorf("step %d: %w", steps[0].Op, sync.ErrUnsupported)
	}
	return len(steps)
}
