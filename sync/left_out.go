package sync

import "ferry/manifest"

// Pinned knows ignored paths that must stay where they are, on either side.
type Pinned interface {
	// Pins reports whether such a path lies below dir, so that no rename may carry dir
	// away.
	Pins(dir manifest.Path) bool
}

// ignoringOwn returns what ignore ignores, and what belongs to ferry on either side.
func ignoringOwn(ignore func(manifest.Path, bool) bool) func(manifest.Path, bool) bool {
	return func(p manifest.Path, dir bool) bool {
		return p.HasOwn() || ignore != nil && ignore(p, dir)
	}
}

// ignored is [Options.Ignore] for the scans of a pass. It notes what the plan is to name.
func (p *pass) ignored(path manifest.Path, dir bool) bool {
	if !p.opts.Ignore(path, dir) {
		return false
	}
	if p.opts.LeftOut != nil && !p.opts.Only.Hides(path) && p.opts.LeftOut(path) {
		p.mu.Lock()
		if p.leftOut == nil {
			p.leftOut = make(map[manifest.Path]bool)
		}
		p.leftOut[path] = true
		p.mu.Unlock()
	}
	return true
}

// nameLeftOut completes the plan with what the scans have met.
func (p *pass) nameLeftOut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan.LeftOut = sortedPaths(p.leftOut)
	p.sum.LeftOut = len(p.plan.LeftOut)
}
