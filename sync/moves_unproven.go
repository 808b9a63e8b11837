package sync

import "ferry/manifest"

// With these values of Changed the base marks files of the server whose content was not
// compared: when their directory was renamed, or when somebody else had recorded what it is.
// Later passes compare such files, a few at a time.
const (
	unprovenContent = 1
	claimedContent  = 2
)

// How much of that one pass downloads. A single file may be larger.
const (
	provenFiles = 64
	provenBytes = 32 << 20
)

// A backlog counts the unproven contents that a pass compares.
type backlog struct {
	files int
	bytes int64
}

// postpone leaves the proof of a content to a later pass, if this one has enough to do.
func (b *backlog) postpone(st *pathState, policy Policy) {
	now := &st.now[Remote]
	if !st.hasBase || !isMarked(st.base.Remote) || !now.IsFile() || now.Changed != 0 {
		return
	}
	b.files++
	b.bytes += now.Size
	if !st.isAnswered() && (!policy.proves || b.files > 1 && (b.files > provenFiles || b.bytes > provenBytes)) {
		now.Changed = st.base.Remote.Changed
	}
}

func isMarked(e manifest.Entry) bool {
	return e.Changed == unprovenContent || e.Changed == claimedContent
}

// isUnproven reports whether the content is to be compared now.
func isUnproven(was, now manifest.Entry) bool {
	return isMarked(was) && now.Changed == 0
}

// doubtClaim makes a conflict of a file that was taken for equal because somebody else had
// recorded that, and was not.
func (st *pathState) doubtClaim() {
	was, now := st.was(Remote), st.now[Remote]
	if was.Changed == claimedContent && st.change == [2]Change{NoChange, Changed} && now.Sum != "" && manifest.Unchanged(was, now) {
		st.change[Local] = Changed
	}
}

// isAnswered reports whether this pass knows the content already that was only claimed.
func (st *pathState) isAnswered() bool {
	was, now := st.was(Remote), st.now[Remote]
	return was.Changed == claimedContent && now.Sum != "" && manifest.Unchanged(was, now) && sameID(was, now)
}

// proveClaim asks for a remote content that is only claimed, before it is overwritten or removed. That of a
// file in a renamed directory is not asked for: it has kept its identity, its size and its time, as any
// other file that counts as unchanged.
func (p *planner) proveClaim(st *pathState) bool {
	st.ask[Remote] = st.base.Remote.Changed == claimedContent && st.now[Remote].IsFile() && st.now[Remote].Changed == claimedContent &&
		(st.edited(Local) || st.change[Local] == Deleted) && st.change[Remote] == NoChange &&
		p.policy.Direction.writes(Remote) && !p.policy.dryRun
	return st.ask[Remote]
}
