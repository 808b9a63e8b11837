package sync

import (
	"context"
	"errors"

	"ferry/manifest"
	"ferry/sync/compare"
	"ferry/sync/modes"
)

// steps makes the steps of a run. The function that it returns closes the sources.
func (p *pass) steps(ctx context.Context, run []*Action) ([]Step, func()) {
	steps := make([]Step, len(run))
	var wanted []Wanted
	src := run[0].Side.Other()
	var reader Reader
	for i, a := range run {
		steps[i] = p.step(a)
		if steps[i].Op != Put {
			p.tell(Started{Action: a})
			continue
		}
		n := len(wanted)
		wanted = append(wanted, Wanted{Path: a.Path, Entry: p.entry(a, src)})
		started := false
		steps[i].Open = func(ctx context.Context, offset int64) (Source, error) {
			if p.isTooLarge(a) {
				return nil, ErrFull
			}
			if !started {
				started = true
				p.tell(Started{Action: a})
			}
			return reader.Open(ctx, n, offset)
		}
		steps[i].Progress = func(n int64) { p.tell(Progress{Action: a, N: n}) }
	}
	if wanted == nil {
		return steps, func() {}
	}
	reader = p.sides[src].Reader(ctx, wanted)
	return steps, func() { _ = reader.Close() }
}

// entry returns what side s had at the path of the action.
func (p *pass) entry(a *Action, s Side) manifest.Entry {
	if s == Local {
		return a.Local
	}
	return a.Remote
}

// step makes the step that carries out one action.
func (p *pass) step(a *Action) Step {
	here := p.entry(a, a.Side)
	step := Step{Path: a.Path, Expect: here, Trash: a.Trash}
	switch a.Op {
	case Upload, Download:
		step.Op = Put
		step.Want = p.entry(a, a.Side.Other())
		step.Want.Mode = modes.ToWrite(a.modes(), a.Side == Remote)
		step.Copy = p.lateCopyOf(a)
		if c := p.changeOn(a, a.Side); here.IsFile() && (c == NoChange || c == Touched) {
			step.Keep = a.Base.Sum
		}
	case Chmod:
		step.Op = SetMode
		step.Want = p.entry(a, a.Side.Other())
	case Link:
		step.Op, step.Target = MakeLink, a.Target
	case Mkdir:
		step.Op = MkDir
		step.Expect = manifest.Entry{}
		step.Want = p.trees[a.Side.Other()].At(a.Path)
	case Rename, SetAside:
		step.Op, step.From = Move, a.From
		step.Want.Name = p.trees[a.Side.Other()].At(a.Path).Name
	case Delete:
		step.Op = Remove
	case Rmdir:
		step.Op = RmDir
	}
	return step
}

func (p *pass) changeOn(a *Action, s Side) Change {
	if s == Local {
		return a.LocalChange
	}
	return a.RemoteChange
}

// finished takes the outcome of an action: it updates the base and the counts and
// tells the observer. A success is recorded even if the pass is being cancelled,
// because it happened.
func (p *pass) finished(ctx context.Context, a *Action, out Outcome) {
	p.countBytes(a, out.Bytes)
	if out.Err != nil {
		if errors.Is(out.Err, ErrFatal) {
			p.lose(out.Err)
		}
		if ctx.Err() != nil {
			p.markUndone(a) // a cancelled action is not reported as failed
			return
		}
		if p.leftLink(a, out.Err) {
			return
		}
		p.failed(a, out.Err)
		return
	}
	if err := p.recordResult(a, out); err != nil {
		p.lose(err)
		p.markUndone(a)
		p.tell(Finished{Action: a, Err: err})
		return
	}
	if a.Op == Download {
		compare.Doubt(p.sides[Remote], a.Remote.Sum, out.Sum)
	}
	p.count(a, out)
	p.tell(Finished{Action: a})
	p.noteLateCopy(a, out)
}

func (p *pass) lose(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost == nil {
		p.lost = err
	}
}

// failed marks an action as failed.
func (p *pass) failed(a *Action, err error) {
	err = p.causeOf(a, err)
	p.markUndone(a)
	p.mu.Lock()
	p.sum.Failed++
	if size := max(1, a.Size); errors.Is(err, ErrFull) && (p.full[a.Side] == 0 || size < p.full[a.Side]) {
		p.full[a.Side] = size
	}
	if a.stage() == stageMoves {
		p.moveRefused = true
	}
	p.mu.Unlock()
	p.tell(Finished{Action: a, Err: err})
}

// causeOf returns err, or that a directory was not made because one above it was not:
// those of one run are asked for together.
func (p *pass) causeOf(a *Action, err error) error {
	if a.Op != Mkdir || errors.Is(err, ErrFatal) {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if path, rests := p.restsOnUndone(a); rests && path != a.Path {
		return &NotTriedError{path}
	}
	return err
}

func (p *pass) isTooLarge(a *Action) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tooLarge(a)
}

// tooLarge reports whether the side had no room for a file of this size or a
// smaller one earlier in this pass. Smaller files may still fit. The caller holds mu.
func (p *pass) tooLarge(a *Action) bool {
	return p.full[a.Side] > 0 && max(1, a.Size) >= p.full[a.Side]
}
