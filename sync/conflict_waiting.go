package sync

import (
	"maps"
	"slices"
	"strings"

	"ferry/manifest"
	"ferry/sync/copyname"
)

// Waiting are the conflict copies of a pair that nobody has settled yet. A copy waits
// as long as it is there under its name. It belongs to one pair, whose engines use it
// one after the other.
type Waiting struct {
	// Save is called with all copies, in their order, when there are others than before.
	// It may be nil.
	Save func(copies []manifest.Path) error

	copies map[manifest.Path]bool
}

// NewWaiting returns the copies that an earlier engine has saved.
func NewWaiting(copies []manifest.Path) *Waiting {
	w := &Waiting{copies: make(map[manifest.Path]bool)}
	for _, c := range copies {
		w.copies[c] = true
	}
	return w
}

// Copies returns the copies that wait, in their order.
func (w *Waiting) Copies() []manifest.Path { return sortedPaths(w.copies) }

func sortedPaths(paths map[manifest.Path]bool) []manifest.Path {
	return slices.SortedFunc(maps.Keys(paths), manifest.Path.Compare)
}

// noteCopy notes a conflict copy that a scan has seen.
func (p *pass) noteCopy(path manifest.Path, e manifest.Entry) {
	if !e.IsFile() || !strings.Contains(path.Base(), copyname.Mark) {
		return
	}
	if _, is := copyname.Parse(path); !is {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seenCopies == nil {
		p.seenCopies = make(map[manifest.Path]bool)
	}
	p.seenCopies[path] = true
}

// findWaiting puts the conflicts that wait into the plan: copies of earlier passes, and
// what this one sets aside or leaves alone.
func (p *pass) findWaiting() {
	resolved := make(map[manifest.Path]bool)
	for _, a := range p.plan.Actions.All() {
		switch a.Op {
		case Delete:
			resolved[a.Path] = true
		case Rename, SetAside:
			resolved[a.From] = true
		}
	}
	copies := make(map[manifest.Path]bool)
	for _, known := range [...]map[manifest.Path]bool{p.waiting.copies, p.seenCopies} {
		for path := range known {
			if !resolved[path] && (p.mayBeOn(Local, path) || p.mayBeOn(Remote, path)) {
				copies[path] = true
			}
		}
	}
	for path := range copies {
		c, _ := copyname.Parse(path)
		p.plan.Waiting = append(p.plan.Waiting, c.Of)
	}
	for _, c := range p.plan.Conflicts {
		switch {
		case c.Skipped:
			p.plan.Waiting = append(p.plan.Waiting, c.Path)
		case c.Copy != manifest.Root && !p.opts.DryRun && !copies[c.Copy]:
			p.plan.Waiting = append(p.plan.Waiting, c.Path)
			copies[c.Copy] = true
		}
	}
	slices.SortFunc(p.plan.Waiting, manifest.Path.Compare)
	p.sum.ConflictsWaiting = len(p.plan.Waiting)
	p.saveWaiting(copies)
}

// mayBeOn reports whether side s has a file at path, or was not looked at there.
func (p *pass) mayBeOn(s Side, path manifest.Path) bool {
	switch {
	case p.trees[s].At(path).IsFile(), !p.trees[s].Known(path), p.opts.Only.Hides(path):
		return true
	case p.roots[s].Kind == manifest.None, p.listed[s] == nil, p.everything[s]:
		return false
	}
	return !p.listingTells(s, path)
}

// saveWaiting remembers the copies for later passes.
func (p *pass) saveWaiting(copies map[manifest.Path]bool) {
	if p.opts.DryRun || maps.Equal(copies, p.waiting.copies) {
		return
	}
	p.waiting.copies = copies
	if p.waiting.Save == nil {
		return
	}
	if err := p.waiting.Save(p.waiting.Copies()); err != nil {
		p.opts.Log.Warn("the conflicts that wait could not be noted", "error", err)
	}
}

// dirsOfWaiting returns the directories of side s, besides the root, that hold conflict
// copies of earlier passes, as far as its tree has them.
func (p *pass) dirsOfWaiting(s Side) []manifest.Path {
	dirs := make(map[manifest.Path]bool)
	for path := range p.waiting.copies {
		if dir := path.Parent(); dir != manifest.Root && p.trees[s].At(dir).IsDir() {
			dirs[dir] = true
		}
	}
	return sortedPaths(dirs)
}
