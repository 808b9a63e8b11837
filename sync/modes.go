package sync

import (
	"fmt"

	"ferry/sync/modes"
)

// chmod plans to carry changed permission bits over, where both sides have the same
// content. Until that is done the base keeps the old ones.
func (p *planner) chmod(st *pathState) {
	toRemote, due := modes.Decide(modes.File{Base: st.base, Local: st.now[Local], Remote: st.now[Remote]}, modes.Rule{
		Push: p.policy.Direction == Push, Pull: p.policy.Direction == Pull, Exact: p.policy.Exact,
		RemoteWins: p.policy.Conflict == RemoteWins, LeaveAlone: p.policy.Conflict == LeaveAlone,
	})
	if !due {
		return
	}
	to := Local
	if toRemote {
		to = Remote
	}
	why := fmt.Sprintf("mode %03o, as on the %s side", st.now[to.Other()].Mode, to.Other())
	p.add(Action{Op: Chmod, Side: to, Path: st.path, Why: why}, st)
	st.now[Local].Mode, st.now[Remote].Mode = st.base.Local.Mode, st.base.Remote.Mode
}

func (a *Action) modes() modes.File {
	return modes.File{Base: a.Base, Local: a.Local, Remote: a.Remote}
}

// recordMode records the permission bits of a file after a Chmod.
func (p *pass) recordMode(a *Action, out Outcome) error {
	pair, ok := p.record.At(a.Path)
	if !ok {
		return nil
	}
	return p.record.Set(a.Path, modes.AfterChmod(a.modes(), a.Side == Remote, out.Entry, pair))
}
