package sync

import (
	"fmt"

	"ferry/manifest"
	"ferry/sync/copyname"
)

// lateCopyOf returns how to name the conflict copy of a version that turns up in the place
// of the one that an action replaces.
func (p *pass) lateCopyOf(a *Action) func(found manifest.Entry) manifest.Path {
	return func(found manifest.Entry) manifest.Path {
		return copyname.New(a.Path, found, p.policy.whose(a.Side), func(c manifest.Path) bool {
			_, based := p.base.At(c)
			return based || p.trees[Local].At(c).Exists() || p.trees[Remote].At(c).Exists()
		})
	}
}

// noteLateCopy counts a conflict that came up while a file was replaced, and tells the
// user. The next pass takes the copy to the other side.
func (p *pass) noteLateCopy(a *Action, out Outcome) {
	if out.Copy == "" {
		return
	}
	p.mu.Lock()
	p.sum.Conflicts++
	p.mu.Unlock()
	p.tell(Noticed{Text: fmt.Sprintf("somebody saved %s on the %s side while it was replaced; both versions are kept, theirs as %s", a.Path, a.Side, out.Copy)})
}
