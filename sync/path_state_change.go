package sync

import "ferry/manifest"

// classify finds what each side did to the row since the base, each side
// compared with its own past only.
func (st *pathState) classify(policy Policy) {
	st.ask = [2]bool{}
	st.change[Local] = st.localChange(policy)
	st.change[Remote] = st.remoteChange()
	st.askIfTouched()
}

// plainChange answers what needs no stamps, and false where stamps decide.
func (st *pathState) plainChange(s Side) (Change, bool) {
	was, now := st.was(s), st.now[s]
	switch {
	case now.Kind == manifest.Other:
		return Blocked, true
	case !st.hasBase && now.Exists():
		return Created, true
	case !st.hasBase:
		return NoChange, true
	case !now.Exists():
		return Deleted, true
	case was.Kind != now.Kind:
		return Changed, true
	case now.IsDir():
		return NoChange, true
	}
	return NoChange, false
}

// localChange tells a touched file from a changed one by its content, which is
// cheap to read on this side: a restore or a fresh checkout uploads nothing.
func (st *pathState) localChange(policy Policy) Change {
	if c, plain := st.plainChange(Local); plain {
		return c
	}
	was, now := st.was(Local), st.now[Local]
	if now.Size != was.Size {
		return Changed
	}
	stamp := manifest.Unchanged(was, now)
	sameID := was.ID == now.ID || was.ID == 0 || now.ID == 0
	if stamp && (st.base.Sum == "" || sameID && !policy.Checksum) {
		return NoChange
	}
	switch {
	case st.base.Sum == "":
		return Changed
	case now.Sum == "":
		st.ask[Local] = true
		return Changed
	case now.Sum != st.base.Sum:
		return Changed
	case stamp && sameID:
		return NoChange
	}
	return Touched
}

// remoteChange goes by the stamp, and where another file has the same stamp, by
// the content. What was merely touched shows when it is downloaded: the content
// is then in place already.
func (st *pathState) remoteChange() Change {
	if c, plain := st.plainChange(Remote); plain {
		return c
	}
	was, now := st.was(Remote), st.now[Remote]
	switch {
	case manifest.Unchanged(was, now):
		if st.base.Sum == "" || was.ID == now.ID || was.ID == 0 || now.ID == 0 {
			return NoChange
		}
		switch now.Sum {
		case st.base.Sum:
			return Touched
		case "":
			st.ask[Remote] = true
		}
		return Changed
	case now.Size == was.Size && st.base.Sum != "" && now.Sum == st.base.Sum:
		return Touched
	}
	return Changed
}

// doubtTouched asks for the remote content where both sides look changed and
// the remote one may only have been touched: that would be no conflict.
func (st *pathState) askIfTouched() {
	now := st.now[Remote]
	if st.edited(Local) && !st.ask[Local] && st.change[Remote] == Changed && st.now[Local].IsFile() && now.IsFile() &&
		st.base.Sum != "" && now.Size == st.was(Remote).Size && now.Sum == "" {
		st.ask[Remote] = true
	}
}

// atRest reports whether nothing happened to the row and nothing about it needs
// recording.
func (st *pathState) atRest() bool {
	return st.hasBase && st.known && st.change == [2]Change{} && !st.ask[Local] && !st.ask[Remote] && !st.stale()
}

// stale reports whether the base's stamps, though they still match, are not
// what the sides show now.
func (st *pathState) stale() bool {
	for _, s := range [...]Side{Local, Remote} {
		was, now := st.was(s), st.now[s]
		now.Sum, was.Sum = "", ""
		now.Holds, was.Holds = false, false
		if now.IsDir() {
			now.ModTime, was.ModTime = 0, 0
			now.Precision, was.Precision = 0, 0
			now.Shown, was.Shown = 0, 0
			now.ShownPrecision, was.ShownPrecision = 0, 0
			now.Size, was.Size = 0, 0
		}
		if now != was {
			return true
		}
	}
	return false
}

// sameContent reports whether both sides hold the same content at the row;
// where that is not known it asks, and returns false with ok false.
func (st *pathState) sameContent(policy Policy) (same, ok bool) {
	l, m := st.now[Local], st.now[Remote]
	switch {
	case l.Size != m.Size:
		return false, true
	case l.Size == 0, policy.Adopt && !st.hasBase:
		return true, true
	case l.Sum != "" && m.Sum != "":
		return l.Sum == m.Sum, true
	}
	st.ask = [2]bool{l.Sum == "", m.Sum == ""}
	return false, false
}
