package sync

import (
	"fmt"

	"ferry/manifest"
)

// empties reports whether a transfer carries over that a file lost all of its content.
func (a *Action) empties() bool {
	if a.Op != Upload && a.Op != Download {
		return false
	}
	src := a.Side.Other()
	now := a.Local
	if src == Remote {
		now = a.Remote
	}
	was := entryOn(a.Base, src)
	return was.IsFile() && was.Size > 0 && now.Size == 0
}

// checkEmpties stops a pass in which many files of a side lost their content, as on a
// disk that was full or is damaged. lost is what passes with a scope have carried over
// before. Where no file of a side has content any more, the limits do not count.
func (p *Plan) checkEmpties(limits Limits, files int, lost [2]int, trees [2]*manifest.Tree) error {
	limits, limited := limits.forEmptied()
	if !limited {
		return nil
	}
	for _, s := range [...]Side{Local, Remote} {
		now := p.count(func(a *Action) bool { return a.Side == s && a.empties() })
		n := lost[s] + now
		if now == 0 || !limits.exceeded(n, files) && (now < 2 || hasContent(trees[s.Other()])) {
			continue
		}
		return &UnsafeError{
			What: fmt.Sprintf("%s of %d on the %s side lost all content, which would replace the content on the %s side",
				plural(n, "file"), max(files, n), s.Other(), s),
			Hint: "look at a few of these files; if they were meant to be emptied, run again with --allow-deletes",
		}
	}
	return nil
}

// hasContent reports whether a file of the tree is not empty.
func hasContent(t *manifest.Tree) bool {
	for _, e := range t.All() {
		if e.IsFile() && e.Size > 0 {
			return true
		}
	}
	return false
}

// forEmptied returns the limits on files that lose their content. Programs empty a few
// files in the ordinary course of things, so low limits on deletions do not count here.
// It reports false if there is none.
func (l Limits) forEmptied() (Limits, bool) {
	if l.AllowDeletes || l.MaxDeletes < 0 && l.MaxDeletePercent < 0 {
		return l, false
	}
	least := NewLimits()
	return Limits{MaxDeletes: max(l.MaxDeletes, least.MaxDeletes), MaxDeletePercent: max(l.MaxDeletePercent, least.MaxDeletePercent)}, true
}

// exceeded reports whether n of a number of files are more than the limits allow.
func (l Limits) exceeded(n, files int) bool {
	byCount := l.MaxDeletes >= 0 && n > l.MaxDeletes
	byShare := l.MaxDeletePercent >= 0 && n*100 > l.MaxDeletePercent*max(files, n)
	if l.MaxDeletes >= 0 && l.MaxDeletePercent >= 0 {
		return byCount && byShare
	}
	return byCount || byShare
}
