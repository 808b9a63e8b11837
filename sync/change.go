package sync

import "ferry/manifest"

// classify finds what each side did to the row since the base, each side
// compared with its own past only.
func (r *row) classify(policy Policy) {
	r.ask = [2]bool{}
	r.change[Local] = r.localChange(policy)
	r.change[Remote] = r.remoteChange()
	r.doubtTouched()
}

// plainChange answers what needs no stamps, and false where stamps decide.
func (r *row) plainChange(s Side) (Change, bool) {
	was, now := r.was(s), r.now[s]
	switch {
	case now.Kind == manifest.Other:
		return Blocked, true
	case !r.hasBase && now.Exists():
		return Created, true
	case !r.hasBase:
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
func (r *row) localChange(policy Policy) Change {
	if c, plain := r.plainChange(Local); plain {
		return c
	}
	was, now := r.was(Local), r.now[Local]
	if now.Size != was.Size {
		return Changed
	}
	stamp := manifest.Unchanged(was, now)
	sameID := was.ID == now.ID || was.ID == 0 || now.ID == 0
	if stamp && (r.base.Sum == "" || sameID && !policy.Checksum) {
		return NoChange
	}
	switch {
	case r.base.Sum == "":
		return Changed
	case now.Sum == "":
		r.ask[Local] = true
		return Changed
	case now.Sum != r.base.Sum:
		return Changed
	case stamp && sameID:
		return NoChange
	}
	return Touched
}

// remoteChange goes by the stamp, and where another file has the same stamp, by
// the content. What was merely touched shows when it is downloaded: the content
// is then in place already.
func (r *row) remoteChange() Change {
	if c, plain := r.plainChange(Remote); plain {
		return c
	}
	was, now := r.was(Remote), r.now[Remote]
	switch {
	case manifest.Unchanged(was, now):
		if r.base.Sum == "" || was.ID == now.ID || was.ID == 0 || now.ID == 0 {
			return NoChange
		}
		switch now.Sum {
		case r.base.Sum:
			return Touched
		case "":
			r.ask[Remote] = true
		}
		return Changed
	case now.Size == was.Size && r.base.Sum != "" && now.Sum == r.base.Sum:
		return Touched
	}
	return Changed
}

// doubtTouched asks for the remote content where both sides look changed and
// the remote one may only have been touched: that would be no conflict.
func (r *row) doubtTouched() {
	now := r.now[Remote]
	if r.edited(Local) && !r.ask[Local] && r.change[Remote] == Changed && r.now[Local].IsFile() && now.IsFile() &&
		r.base.Sum != "" && now.Size == r.was(Remote).Size && now.Sum == "" {
		r.ask[Remote] = true
	}
}

// atRest reports whether nothing happened to the row and nothing about it needs
// recording.
func (r *row) atRest() bool {
	return r.hasBase && r.known && r.change == [2]Change{} && !r.ask[Local] && !r.ask[Remote] && !r.stale()
}

// stale reports whether the base's stamps, though they still match, are not
// what the sides show now.
func (r *row) stale() bool {
	for _, s := range [...]Side{Local, Remote} {
		was, now := r.was(s), r.now[s]
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
func (r *row) sameContent(policy Policy) (same, ok bool) {
	l, m := r.now[Local], r.now[Remote]
	switch {
	case l.Size != m.Size:
		return false, true
	case l.Size == 0, policy.Adopt && !r.hasBase:
		return true, true
	case l.Sum != "" && m.Sum != "":
		return l.Sum == m.Sum, true
	}
	r.ask = [2]bool{l.Sum == "", m.Sum == ""}
	return false, false
}
