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

// leaveLackedNames leaves alone what one side has under names that the other one cannot
// have, before that side is asked for them. A file that was renamed to such a name keeps
// its old one there, if it has an identity: it is not deleted.
func (p *planner) leaveLackedNames() {
	for _, s := range [...]Side{Local, Remote} {
		if p.policy.names[s] != nil && p.policy.Direction.writes(s) {
			p.leaveNamesLackedBy(s)
		}
	}
}

// leaveNamesLackedBy leaves alone what is new on the side other than s, under names that s
// cannot have.
func (p *planner) leaveNamesLackedBy(s Side) {
	o, who := s.Other(), "the server"
	if s == Local {
		who = "the local side"
	}
	renamed := make(map[uint64]manifest.Path) // by identity, to what
	for _, st := range p.threeWay.states.Within(manifest.Root) {
		travels := st.now[o].IsFile() || st.now[o].IsDir() || p.policy.links != nil
		if !st.known || !st.edited(o) || st.has(s) || !travels {
			continue
		}
		if why := lacked(p.policy.names[s], st.path, st.now[o]); why != nil {
			p.leaveUnknown(o, st.path, fmt.Sprintf("%s cannot have this name: %v", who, why))
			if id := st.now[o].ID; id != 0 {
				renamed[id] = st.path
			}
		}
	}
	if len(renamed) == 0 {
		return
	}
	for _, st := range p.threeWay.states.Within(manifest.Root) {
		to, ok := renamed[st.was(o).ID]
		if ok && st.known && st.hasBase && !st.has(o) {
			p.leaveUnknown(o, st.path, fmt.Sprintf("it was renamed to %q, and %s cannot have that name", to, who))
		}
	}
}

// lacked returns why a side cannot have a name, neither in normal form nor as the other one
// spells it.
func lacked(names NameEncoder, path manifest.Path, there manifest.Entry) error {
	_, why := names.Encode(path.Base())
	if why != nil && there.Name != "" {
		_, why = names.Encode(there.Name)
	}
	return why
}
