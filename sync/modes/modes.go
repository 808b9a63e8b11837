// Package modes decides which permission bits a file gets, and what the base remembers of
// them. It is pure. Each side is compared with its own past: a server may show other bits
// than it was given, for good. Bits of 0 are not known.
package modes

import "ferry/manifest"

// A File is a file that both sides have, and what the base has of it.
type File struct {
	Base          manifest.Pair
	Local, Remote manifest.Entry
}

// A Rule says what a pass may do. The zero Rule works both ways, and the local bits count
// where both sides have changed theirs.
type Rule struct {
	Push, Pull bool // only one side may be changed
	Exact      bool // that side gets the bits of the other one even where it alone has changed its own
	RemoteWins bool // where both have changed them
	LeaveAlone bool // neither side is changed where both have changed them
}

// Decide says whether a file whose content is the same on both sides gets other bits, and
// on which side. Where the base knows none, both sides count as changed.
func Decide(f File, r Rule) (toRemote, due bool) {
	l, m := f.Local.Mode, f.Remote.Mode
	if l == 0 || l == m {
		return false, false
	}
	first := m != 0 && f.Base.Local.Mode|f.Base.Remote.Mode == 0
	local, remote := first || changed(f.Base.Local, f.Local), first || changed(f.Base.Remote, f.Remote)
	switch {
	case r.Push:
		return true, local || r.Exact && remote
	case r.Pull:
		return false, remote || r.Exact && local && m != 0
	case !local, remote && r.RemoteWins:
		return false, remote
	case remote && r.LeaveAlone:
		return true, first
	}
	return true, true
}

// changed reports whether the bits of one side have changed.
func changed(was, now manifest.Entry) bool {
	return was.Mode != 0 && now.Mode != 0 && was.Mode != now.Mode
}

// ToWrite returns the bits for the file that a transfer writes: those of the source, or
// those that the file in its place has if the source has not changed its own.
func ToWrite(f File, toRemote bool) uint16 {
	_, src, dst := f.ends(toRemote)
	if f.keeps(toRemote) {
		return dst.Mode
	}
	return src.Mode
}

func (f File) ends(toRemote bool) (srcWas, src, dst manifest.Entry) {
	if toRemote {
		return f.Base.Local, f.Local, f.Remote
	}
	return f.Base.Remote, f.Remote, f.Local
}

// keeps reports whether the file that a transfer writes gets the bits of the one in its
// place.
func (f File) keeps(toRemote bool) bool {
	srcWas, src, dst := f.ends(toRemote)
	return dst.Mode != 0 && srcWas.Mode != 0 && srcWas.Mode == src.Mode
}

// AfterTransfer returns pair, the record of a transfer that was made, with the bits that the
// base remembers. Where the two sides may have different ones now, it remembers the old
// ones, so that the next pass carries the change over. kept says that nothing was written,
// because the content was the same.
func AfterTransfer(f File, toRemote, kept bool, pair manifest.Pair) manifest.Pair {
	switch {
	case kept:
		pair.Local.Mode, pair.Remote.Mode = f.Base.Local.Mode, f.Base.Remote.Mode
	case f.keeps(toRemote) && toRemote:
		pair.Remote.Mode = f.Base.Remote.Mode
	case f.keeps(toRemote):
		pair.Local.Mode = f.Base.Local.Mode
	}
	return pair
}

// AfterChmod returns pair, what the base has now, after one side has got the bits of the
// other one. now is what is known of the file on that side. Those of a server are not known
// until it has listed them.
func AfterChmod(f File, toRemote bool, now manifest.Entry, pair manifest.Pair) manifest.Pair {
	pair.Local.Mode, pair.Remote.Mode = f.Local.Mode, f.Remote.Mode
	if toRemote {
		pair.Remote.Mode = now.Mode
	} else if pair.Local.Mode = now.Mode; pair.Local.Changed == f.Local.Changed {
		pair.Local.Changed = now.Changed // set by the change itself
	}
	return pair
}
