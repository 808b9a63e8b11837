package sync

import (
	"context"
	"fmt"

	"ferry/manifest"
)

// The limits of a run of small transfers, which is what one session is given at a
// time.
const (
	runFiles   = 64
	runBytes   = 4 << 20
	largeBytes = 1 << 20 // a file of at least this size is a run of its own
	runDirs    = 200     // directories that are made; what is below one that was refused is in a later run, or refused with it
)

// apply carries out the plan, stage by stage, and records each result when its
// outcome is known. It stops early only if a side is lost, the base cannot be
// written, a rename was refused, or the context ends.
func (p *pass) apply(ctx context.Context) error {
	p.undone = make(map[manifest.Path]bool)
	var byStage [stages][]*Action
	for i := range p.plan.Actions {
		a := &p.plan.Actions[i]
		byStage[a.stage()] = append(byStage[a.stage()], a)
	}
	for stage, actions := range byStage {
		if err := p.applyStage(ctx, stage, actions); err != nil {
			return err
		}
		if p.moveRefused {
			return nil
		}
	}
	return nil
}

func (p *pass) applyStage(ctx context.Context, stage int, actions []*Action) error {
	if stage == stageRecord {
		return p.recordAll(ctx, actions)
	}
	runs := p.runs(stage, actions)
	if inParallel(stage) {
		return p.applyParallel(ctx, runs)
	}
	for _, run := range runs {
		if err := p.applyRun(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// runs splits the actions of a stage into runs of one side each, in their order. In
// a stage that is not carried out in parallel, consecutive actions on one side make
// one run.
func (p *pass) runs(stage int, actions []*Action) [][]*Action {
	most := p.runLengths(stage, actions)
	var runs [][]*Action
	var open [2][]*Action
	var bytes [2]int64
	flush := func(s Side) {
		if len(open[s]) > 0 {
			runs = append(runs, open[s])
		}
		open[s], bytes[s] = nil, 0
	}
	for _, a := range actions {
		if stage == stageTransfer && a.Size >= largeBytes {
			runs = append(runs, []*Action{a})
			continue
		}
		if !inParallel(stage) {
			flush(a.Side.Other())
		}
		if len(open[a.Side]) >= most[a.Side] || bytes[a.Side] > runBytes {
			flush(a.Side)
		}
		open[a.Side] = append(open[a.Side], a)
		bytes[a.Side] += a.Size
	}
	flush(Local)
	flush(Remote)
	return runs
}

// runLengths returns how many actions of each side make a run. Each run costs
// round trips of its own, so a worker gets all of its actions in one run, or in the
// smallest number of equal runs that are not too long.
func (p *pass) runLengths(stage int, actions []*Action) (most [2]int) {
	switch {
	case stage == stageMkdir:
		return [2]int{runDirs, runDirs}
	case !inParallel(stage):
		return [2]int{len(actions), len(actions)}
	}
	small, parts := [2]int{}, p.opts.Parts()
	for _, a := range actions {
		if stage != stageTransfer || a.Size < largeBytes {
			small[a.Side]++
		}
	}
	for s, n := range small {
		waves := max(1, (n+runFiles*parts-1)/(runFiles*parts))
		most[s] = max(1, (n+waves*parts-1)/(waves*parts))
		if stage == stageDelete {
			most[s] = max(most[s], runFiles)
		}
	}
	return most
}

// applyRun lets one side carry out a run.
func (p *pass) applyRun(ctx context.Context, run []*Action) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	run = p.withoutBlocked(run)
	if len(run) == 0 {
		return nil
	}
	side := run[0].Side
	steps, closeSource := p.steps(ctx, run)
	defer closeSource()
	p.sides[side].Apply(ctx, steps, func(i int, out Outcome) { p.finished(ctx, run[i], out) })
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

// withoutBlocked returns the actions of a run that may still begin, and marks the
// others as failed.
func (p *pass) withoutBlocked(run []*Action) []*Action {
	p.mu.Lock()
	var left []*Action
	blocked := make(map[*Action]error)
	for _, a := range run {
		if err := p.blockedBy(a); err != nil {
			blocked[a] = err
			continue
		}
		left = append(left, a)
	}
	p.mu.Unlock()
	for _, a := range run {
		switch err := blocked[a]; {
		case err == nil:
		case a.Op == Rmdir: // the failure inside has been reported
			p.markUndone(a)
		default:
			p.failed(a, err)
		}
	}
	return left
}

// A NotTriedError is that of an action that was not begun, or could not succeed, because
// another one on which it rests was not done.
type NotTriedError struct {
	Path manifest.Path // of that other one, the highest where there are several
}

func (e *NotTriedError) Error() string {
	return fmt.Sprintf("not tried, because something it depends on was not done (%s)", e.Path)
}

// blockedBy returns why an action must not begin any more, or nil. The caller holds
// mu.
func (p *pass) blockedBy(a *Action) error {
	if a.stage() == stageTransfer && p.tooLarge(a) {
		return ErrFull
	}
	if path, rests := p.restsOnUndone(a); rests {
		return &NotTriedError{path}
	}
	return nil
}

// markUndone notes that an action did not happen, or may not have happened.
func (p *pass) markUndone(a *Action) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.undone[a.Path] = true
	if a.From != manifest.Root {
		p.undone[a.From] = true
	}
}

// restsOnUndone reports whether an action depends on another one that did not
// happen, and at which path, the highest one. Its directory was not made or not
// renamed, its place was not cleared, or the directory that it removes is not empty.
// The caller holds mu.
func (p *pass) restsOnUndone(a *Action) (manifest.Path, bool) {
	if len(p.undone) == 0 {
		return manifest.Root, false
	}
	for _, path := range [...]manifest.Path{a.Path, a.From} {
		var highest manifest.Path
		for ; path != manifest.Root; path = path.Parent() {
			if p.undone[path] {
				highest = path
			}
		}
		if highest != manifest.Root {
			return highest, true
		}
	}
	if a.Op == Rmdir {
		for path := range p.undone {
			if path.Below(a.Path) {
				return path, true
			}
		}
	}
	return manifest.Root, false
}
