package sync

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
	"ferry/sync/runs"
)

// apply carries out the plan, stage by stage, and records each result when its
// outcome is known. It stops early only if a side is lost, the base cannot be
// written, a rename was refused, or the context ends.
func (p *pass) apply(ctx context.Context) error {
	p.undone = make(map[manifest.Path]bool)
	var byStage [stages][]runs.Task
	for i, a := range p.plan.Actions.All() {
		byStage[a.stage()] = append(byStage[a.stage()], runs.Task{Size: a.Size, N: int32(i), Side: uint8(a.Side)})
	}
	for stage, tasks := range byStage {
		if err := p.applyStage(ctx, stage, tasks); err != nil {
			return err
		}
		if p.moveRefused {
			return nil
		}
	}
	return nil
}

// actions makes the actions of a run.
func (p *pass) actions(run []runs.Task) []*Action {
	all := make([]*Action, len(run))
	for i, t := range run {
		all[i] = p.plan.Actions.At(int(t.N))
	}
	return all
}

func (p *pass) applyStage(ctx context.Context, stage int, tasks []runs.Task) error {
	if stage == stageRecord {
		return p.recordAll(ctx, tasks)
	}
	all := runs.Split(kindOf(stage), tasks, p.opts.Parts())
	if kindOf(stage).InParallel() {
		return p.applyParallel(ctx, all)
	}
	for _, run := range all {
		if err := p.applyRun(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// applyParallel carries out runs, one per worker at a time.
func (p *pass) applyParallel(ctx context.Context, all [][]runs.Task) error {
	waiting := runs.NewQueue(all)
	group, ctx := errgroup.WithContext(ctx)
	for i := range min(p.opts.Workers, len(all)) {
		group.Go(func() error {
			for run := waiting.Next(i%2 == 0); run != nil; run = waiting.Next(i%2 == 0) {
				if err := p.applyRun(ctx, run); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// applyRun lets one side carry out a run.
func (p *pass) applyRun(ctx context.Context, tasks []runs.Task) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	run := p.withoutBlocked(p.actions(tasks))
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
