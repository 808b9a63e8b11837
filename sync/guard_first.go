package sync

import (
	"fmt"

	"ferry/manifest"
)

// checkFirst stops a first pass, which has no base to go by, if it would delete or
// overwrite something because the pass is exact, or if the source of a push or pull is
// empty and the target is not.
func (p *pass) checkFirst(int) error {
	if p.lookedAtWhole() || p.policy.Direction == Both || p.scope != nil {
		return nil
	}
	dst := p.policy.Direction.target()
	deletes, overwrites := p.plan.lossesOn(dst)
	switch {
	case p.policy.Exact && !p.opts.Limits.AllowDeletes && deletes+overwrites > 0:
		return &UnsafeError{
			What: fmt.Sprintf("this is the first pass of this pair, and to make the %s side exact it would delete %s and overwrite %s there",
				dst, plural(deletes, "file"), plural(overwrites, "file")),
			Hint: fmt.Sprintf("look at the plan with \"ferry %s --exact --dry-run\"; if it is right, run again with --allow-deletes, or leave out --exact to keep what only that side has",
				p.policy.Direction),
		}
	case !p.synced() && !p.opts.Limits.AcceptEmpty && p.nothingIn(dst.Other()) && !p.nothingIn(dst):
		return &UnsafeError{
			What: fmt.Sprintf("this is the first %s of this pair, and the %s side, from which it takes its files, is empty, while the %s side holds %d files and directories",
				p.policy.Direction, dst.Other(), dst, p.trees[dst].Len()),
			Hint: "check the two directories, and whether a disk has to be mounted; if it is meant to be empty, run again with --accept-empty",
		}
	}
	return nil
}

// lossesOn counts the files that the plan deletes and overwrites on side s, except
// those that it renames aside first. A directory without files counts as one file.
func (p *Plan) lossesOn(s Side) (deletes, overwrites int) {
	dirs := 0
	for _, a := range p.Actions.All() {
		if a.Side != s {
			continue
		}
		switch a.Op {
		case Delete:
			deletes++
		case Rmdir:
			dirs++
		case Upload, Download:
			if a.replaces() {
				overwrites++
			}
		}
	}
	if deletes == 0 {
		deletes = dirs
	}
	return deletes, overwrites
}

// replaces reports whether a transfer replaces a file on its side.
func (a *Action) replaces() bool {
	if a.Side == Local {
		return a.Local.IsFile()
	}
	return a.Remote.IsFile()
}

// nothingIn reports whether side s is known to hold nothing but what is ignored.
func (p *pass) nothingIn(s Side) bool {
	return p.trees[s].Known(manifest.Root) && p.isEmpty(s)
}

// checkTargetEmptied stops a push or a pull that would write everything anew, because
// its target shows nothing any more, as a disk does that is not mounted.
func (p *pass) checkTargetEmptied(files int) error {
	if p.opts.Limits.AcceptEmpty || p.policy.Direction == Both || files < 2 {
		return nil
	}
	dst := p.policy.Direction.target()
	writes := p.plan.count(func(a *Action) bool { return a.Side == dst && a.stage() == stageTransfer })
	if writes == 0 || !p.nothingIn(dst) {
		return nil
	}
	return &UnsafeError{
		What: fmt.Sprintf("the %s side is empty, though it held %s: a %s would write %s there again",
			dst, plural(files, "file"), p.policy.Direction, plural(writes, "file")),
		Hint: "look whether the right disk or directory is there; if it is, run again with --accept-empty",
	}
}
