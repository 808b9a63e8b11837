package sync

import "ferry/manifest"

// classify finds out what each side did at the path since the base. Each side is
// compared with its own past only.
func (st *pathState) classify(policy Policy) {
	st.ask, st.hashOnly, st.askWhy = [2]bool{}, false, ""
	st.change[Local] = st.localChange(policy)
	st.change[Remote] = st.remoteChange(policy)
	st.doubtClaim()
	st.askIfTouched()
}

// plainChange decides what can be decided without stamps. It returns false where
// the stamps decide.
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

// localChange distinguishes touched files from changed ones by their content,
// which is cheap to read on this side. So a restore or a fresh checkout uploads
// nothing. A file whose stamp is the same but that was written, replaced or given
// another mode since is read as well: only the content can tell.
func (st *pathState) localChange(policy Policy) Change {
	if c, plain := st.plainChange(Local); plain {
		return c
	}
	was, now := st.was(Local), st.now[Local]
	if now.Size != was.Size {
		return Changed
	}
	stamp := manifest.Unchanged(was, now)
	atRest := stamp && sameID(was, now) && sameChangeTime(was, now)
	switch {
	case atRest && !policy.Checksum:
		return NoChange
	case st.base.Sum == "":
		return st.withoutSum(stamp, policy)
	case now.Sum == "":
		st.ask[Local] = true
		return Changed
	case now.Sum != st.base.Sum:
		return Changed
	case atRest:
		return NoChange
	}
	return Touched
}

// remoteChange goes by the stamp. Only where another file has the same stamp, or
// contents are to be compared, does it ask for the content. A file that was merely
// touched is noticed when it is downloaded, because the local file already has its
// content.
func (st *pathState) remoteChange(policy Policy) Change {
	if c, plain := st.plainChange(Remote); plain {
		return c
	}
	was, now := st.was(Remote), st.now[Remote]
	switch {
	case manifest.Unchanged(was, now):
		same := sameID(was, now)
		switch {
		case same && !policy.checksRemote() && !isUnproven(was, now):
			return NoChange
		case st.base.Sum == "":
			return st.withoutSum(true, policy)
		case now.Sum == "":
			return st.askRemote(same, policy)
		case now.Sum != st.base.Sum:
			return Changed
		case same:
			return NoChange
		}
		return Touched
	case now.Size == was.Size && st.base.Sum != "" && now.Sum == st.base.Sum:
		return Touched
	}
	return Changed
}

// askRemote asks for the content of a remote file with the old stamp. For a file that
// nothing else makes doubtful, a dry run asks for the hash only.
func (st *pathState) askRemote(sameFile bool, policy Policy) Change {
	if sameFile && policy.dryRun {
		if policy.untold.has(st.onServer()) {
			return NoChange
		}
		st.hashOnly = true
	}
	st.ask[Remote] = true
	return Changed
}

// withoutSum decides about a file of the old size where the base has no content to
// compare with. If contents are to be compared, both sides count as changed, so that
// they are compared with each other.
func (st *pathState) withoutSum(stamp bool, policy Policy) Change {
	if stamp && (!policy.checksRemote() || st.now[Local].Size == 0) {
		return NoChange
	}
	return Changed
}

// sameID reports whether two entries of one side may be the same file.
func sameID(was, now manifest.Entry) bool { return was.ID == now.ID || was.ID == 0 || now.ID == 0 }

// sameChangeTime reports whether nothing is known to have written to a local file or
// to its attributes in between.
func sameChangeTime(was, now manifest.Entry) bool {
	return was.Changed == now.Changed || was.Changed == 0 || now.Changed == 0
}

// askIfTouched asks for the remote content where both sides look changed but the
// remote file may only have been touched: that would not be a conflict.
func (st *pathState) askIfTouched() {
	now := st.now[Remote]
	if st.edited(Local) && !st.ask[Local] && st.change[Remote] == Changed && st.now[Local].IsFile() && now.IsFile() &&
		st.base.Sum != "" && now.Size == st.was(Remote).Size && now.Sum == "" {
		st.ask[Remote] = true
	}
}

// atRest reports whether nothing happened at the path and nothing has to be
// recorded for it.
func (st *pathState) atRest() bool {
	return st.hasBase && st.known && st.change == [2]Change{} && !st.ask[Local] && !st.ask[Remote] && !st.stale()
}

// stale reports whether the stamps in the base differ from what the sides show
// now, although they still match.
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

// sameContent reports whether both sides have the same content at the path. Where
// that is not known yet it asks for the contents, and ok is false.
func (st *pathState) sameContent(policy Policy) (same, ok bool) {
	l, m := st.now[Local], st.now[Remote]
	switch {
	case l.Size != m.Size:
		return false, true
	case l.Size == 0:
		return true, true
	case l.Sum != "" && m.Sum != "":
		st.notCompared = m.Changed == claimedContent
		return l.Sum == m.Sum, true
	case policy.Adopt && !st.hasBase && m.Sum == "":
		return st.sameSizeAdopted(policy)
	}
	st.ask = [2]bool{l.Sum == "", m.Sum == ""}
	return false, false
}

// sameSizeAdopted decides about files of equal size that are to be adopted. It asks
// for the hash of the remote file, and takes them as equal if the server tells none.
func (st *pathState) sameSizeAdopted(policy Policy) (same, ok bool) {
	if policy.untold.has(st.path) {
		st.notCompared = true
		return true, true
	}
	st.ask[Remote], st.hashOnly = true, true
	return false, false
}
