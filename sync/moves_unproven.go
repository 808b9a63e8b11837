package sync

import "ferry/manifest"

// unprovenContent is the value of Changed with which the base marks a file of the
// server whose content was not compared when its directory was renamed. Later passes
// compare such files, a few at a time.
const unprovenContent = 1

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
	if !st.hasBase || st.base.Remote.Changed != unprovenContent || !now.IsFile() || now.Changed != 0 {
		return
	}
	b.files++
	b.bytes += now.Size
	if !policy.proves || b.files > 1 && (b.files > provenFiles || b.bytes > provenBytes) {
		now.Changed = unprovenContent
	}
}

// isUnproven reports whether the content is to be compared now.
func isUnproven(was, now manifest.Entry) bool {
	return was.Changed == unprovenContent && now.Changed == 0
}
