package sync

import (
	"fmt"

	"ferry/manifest"
)

// checkMounts stops a pass in which a file system that is mounted below the local root
// shows nothing at all, though it held several files. It may be another one that looks
// like the one before: not every file system has an identity of its own.
func (p *pass) checkMounts(int) error {
	if p.opts.Limits.AcceptEmpty {
		return nil
	}
	lost := make(map[manifest.Path]int) // by directory on which something is mounted
	for _, a := range p.plan.Actions.All() {
		if a.Op != Delete || a.Side != Remote {
			continue
		}
		for dir := range a.Path.Ancestors {
			if p.trees[Local].At(dir).Device != 0 {
				lost[dir]++
			}
		}
	}
	for dir, n := range lost {
		if n < 2 || p.holdsSomething(dir) {
			continue
		}
		return &UnsafeError{
			What: fmt.Sprintf("the file system that is mounted at %s is empty, though it held files: %s would be deleted on the %s side",
				dir, plural(n, "file"), Remote),
			Hint: "look whether the right disk is mounted there; if everything on it was meant to go, run again with --accept-empty",
		}
	}
	return nil
}

// holdsSomething reports whether a local directory has entries.
func (p *pass) holdsSomething(dir manifest.Path) bool {
	return showsAnything(p.trees[Local], dir) || p.opts.Only != nil && p.trees[Local].At(dir).Holds
}
