package sync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ferry/manifest"
	"ferry/sync/modes"
	"ferry/sync/runs"
)

// racyWindow is how old a local file's last change must be for its stamp to be
// trusted. Kernels take the time from a clock that ticks every few milliseconds, so
// that two edits within a tick look the same.
const racyWindow = 50 * time.Millisecond

// recordedAtOnce is how many of the actions that change only the base are in memory at a time.
const recordedAtOnce = 1 << 10

// recordAll carries out the actions that change only the base.
func (p *pass) recordAll(ctx context.Context, tasks []runs.Task) error {
	for some := range slices.Chunk(tasks, recordedAtOnce) {
		for _, a := range p.withoutBlocked(p.actions(some)) {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			if err := p.recordResult(a, Outcome{}); err != nil {
				return err
			}
			p.count(a, Outcome{})
			if a.Op == Adopt {
				p.tell(Finished{Action: a})
			}
		}
	}
	return nil
}

// recordResult updates the base after one finished action. If the action depends
// on another one that did not happen, nothing is recorded: the paths of the plan
// are only right if both were done. The next pass finds out what is there.
func (p *pass) recordResult(a *Action, out Outcome) error {
	p.mu.Lock()
	_, rests := p.restsOnUndone(a)
	p.mu.Unlock()
	if rests {
		return nil
	}
	var err error
	switch a.Op {
	case Upload:
		pair := p.pair(first(out.Source, a.Local), out.Entry, out.Sum)
		err = p.record.Set(a.Path, modes.AfterTransfer(a.modes(), true, out.Kept, pair))
	case Download:
		entry := out.Entry
		if out.Kept {
			entry = a.Local
		}
		pair := p.pair(entry, first(out.Source, a.Remote), out.Sum)
		err = p.record.Set(a.Path, modes.AfterTransfer(a.modes(), false, out.Kept, pair))
	case Mkdir, Link:
		pair := manifest.Pair{Local: a.Local, Remote: a.Remote}
		if a.Side == Local {
			pair.Local = out.Entry
		} else {
			pair.Remote = out.Entry
		}
		err = p.record.Set(a.Path, pair)
	case Adopt, Refresh:
		sum := a.Base.Sum
		if a.Op == Adopt {
			sum = a.Local.Sum
		}
		err = p.record.Set(a.Path, p.pair(a.Local, a.Remote, sum))
	case Delete, Rmdir, Forget:
		err = p.record.Forget(a.Path)
	case Rename:
		err = p.recordMove(a, out.Entry)
	case Chmod:
		err = p.recordMode(a, out)
	}
	if err != nil {
		return fmt.Errorf("recording %s: %w", a.Path, err)
	}
	return nil
}

func first(a, b manifest.Entry) manifest.Entry {
	if a.Exists() {
		return a
	}
	return b
}

// pair makes the record of a file or directory that both sides have.
func (p *pass) pair(local, remote manifest.Entry, sum string) manifest.Pair {
	local.Sum, remote.Sum = "", ""
	local.Holds, remote.Holds = false, false
	if local.IsFile() && sum != "" && p.opts.Now().Sub(local.Time()) < racyWindow {
		// Another edit may get the same stamp. A stamp that never matches makes the next
		// pass compare the content.
		local.ModTime--
	}
	return manifest.Pair{Local: local, Remote: remote, Sum: sum}
}

// recordMove moves the record of a file, or of a directory with everything below
// it. moved is what the side shows at the new name.
func (p *pass) recordMove(a *Action, moved manifest.Entry) error {
	pair, ok := p.record.At(a.From)
	if !ok {
		return nil
	}
	if pair.Kind() != manifest.File {
		return p.record.Rename(a.From, a.Path)
	}
	name := p.trees[a.Side.Other()].At(a.Path).Name
	pair.Local.Name, pair.Remote.Name = name, name
	if a.Side == Remote && moved.Exists() {
		pair.Remote.Name = moved.Name // it may not have the spelling of the local side
	}
	if a.Side == Local && pair.Local.Changed == a.Local.Changed {
		pair.Local.Changed = moved.Changed // set by the rename itself
	}
	if a.unproven {
		// Only the name is in step now. The content is recorded once it was compared.
		return p.record.Forget(a.From)
	}
	if err := p.record.Set(a.Path, pair); err != nil {
		return err
	}
	return p.record.Forget(a.From)
}

// count counts one finished action.
func (p *pass) count(a *Action, out Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case a.Op == Delete:
		p.deletions.deletes[a.Side]++
	case a.empties():
		p.deletions.emptied[a.Side]++
	}
	if out.Kept {
		p.sum.Adopted++
		return
	}
	p.sum.count(a)
}

func (p *pass) countBytes(a *Action, n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sum.countBytes(a, n)
}

// countPlan counts the conflicts and skipped paths of the plan.
func (p *pass) countPlan() {
	for _, c := range p.plan.Conflicts {
		if c.Waits() {
			p.sum.Conflicts++
		}
	}
	p.sum.Skipped += len(p.plan.Skips)
	p.sum.LeftAlone += p.plan.Extras
}
