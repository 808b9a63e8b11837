package sync

import (
	"fmt"

	"ferry/manifest"
)

// A NameEncoder knows which names a side can have. The error says what a name has that the
// side lacks.
type NameEncoder interface {
	Encode(name string) (string, error)
}

// leaveLackedNames leaves alone what the local side has under names that the remote side
// cannot have. A file that was renamed to such a name keeps its old one there: it is not
// deleted.
func (p *planner) leaveLackedNames() {
	if p.policy.remoteNames == nil || !p.policy.Direction.writes(Remote) {
		return
	}
	renamed := make(map[uint64]manifest.Path) // by identity, to what
	for _, st := range p.threeWay.sorted() {
		isNew := st.known && st.edited(Local) && !st.has(Remote) && (st.now[Local].IsFile() || st.now[Local].IsDir())
		if !isNew {
			continue
		}
		if why := p.lacked(st.path, st.now[Local]); why != nil {
			p.leaveUnknown(Local, st.path, fmt.Sprintf("the server cannot have this name: %v", why))
			if id := st.now[Local].ID; id != 0 {
				renamed[id] = st.path
			}
		}
	}
	if len(renamed) == 0 {
		return
	}
	for _, st := range p.threeWay.sorted() {
		to, ok := renamed[st.was(Local).ID]
		if ok && st.known && st.hasBase && !st.has(Local) {
			p.leaveUnknown(Local, st.path, fmt.Sprintf("it was renamed to %q, and the server cannot have that name", to))
		}
	}
}

// lacked returns why the remote side cannot have a name, neither in normal form nor as the
// local side spells it.
func (p *planner) lacked(path manifest.Path, here manifest.Entry) error {
	_, why := p.policy.remoteNames.Encode(path.Base())
	if why != nil && here.Name != "" {
		_, why = p.policy.remoteNames.Encode(here.Name)
	}
	return why
}
