package sync

import (
	"fmt"

	"ferry/manifest"
)

// Visible reports whether the action is worth showing: what only keeps the base
// up to date is not.
func (a *Action) Visible() bool { return a.Op != Forget && a.Op != Refresh }

// Waits reports whether the conflict is left to the user: a copy is made, or both
// versions stay where they are.
func (c Conflict) Waits() bool { return c.Skipped || c.Copy != manifest.Root }

// Summary counts what the plan would do.
func (p *Plan) Summary() Summary {
	s := Summary{DryRun: true, Skipped: len(p.Skips)}
	for i := range p.Actions {
		s.count(&p.Actions[i])
	}
	for _, c := range p.Conflicts {
		if c.Waits() {
			s.Conflicts++
		}
	}
	return s
}

func (s *Summary) count(a *Action) {
	switch a.Op {
	case Upload:
		s.Uploaded++
		s.BytesUp += a.Size
	case Download:
		s.Downloaded++
		s.BytesDown += a.Size
	case Delete, Rmdir:
		if a.Side == Local {
			s.DeletedLocal++
		} else {
			s.DeletedRemote++
		}
	case Rename:
		s.Moved++
	case Mkdir:
		s.MadeDirs++
	case Adopt:
		s.Adopted++
	}
}

// Outcome says for people what becomes of the conflict.
func (c Conflict) Outcome() string {
	switch {
	case c.Skipped:
		return "left alone on both sides"
	case c.Copy != manifest.Root:
		return fmt.Sprintf("keep both: %s version becomes %s", c.Loser, c.Copy.Base())
	}
	return fmt.Sprintf("%s wins", c.Loser.Other())
}
