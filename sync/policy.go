package sync

import (
	"fmt"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync/copyname"
	"ferry/sync/filter"
	"ferry/sync/namecase"
)

// Direction says which way changes may go.
type Direction uint8

// The directions.
const (
	Both Direction = iota
	Push           // local to remote only
	Pull           // remote to local only
)

var directionNames = [...]string{"both", "push", "pull"}

func (d Direction) String() string { return directionNames[d] }

// MarshalText implements [encoding.TextMarshaler].
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Direction) UnmarshalText(text []byte) error {
	return choose(d, directionNames[:], string(text))
}

// writes reports whether side may be changed.
func (d Direction) writes(side Side) bool {
	return d == Both || d == Push && side == Remote || d == Pull && side == Local
}

// target returns the side that a push or a pull changes.
func (d Direction) target() Side {
	if d == Pull {
		return Local
	}
	return Remote
}

// ConflictRule says what happens when both sides changed one file.
type ConflictRule uint8

// The rules. The version that loses is kept: as a conflict copy with KeepBoth, in
// the trash with the next three. LeaveAlone resolves nothing.
const (
	KeepBoth ConflictRule = iota
	NewerWins
	LocalWins
	RemoteWins
	LeaveAlone
)

var ruleNames = [...]string{"keep-both", "newer", "local", "remote", "skip"}

func (r ConflictRule) String() string { return ruleNames[r] }

// MarshalText implements [encoding.TextMarshaler].
func (r ConflictRule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *ConflictRule) UnmarshalText(text []byte) error {
	return choose(r, ruleNames[:], string(text))
}

func choose[T ~uint8](into *T, names []string, text string) error {
	for i, name := range names {
		if name == text {
			*into = T(i)
			return nil
		}
	}
	return fmt.Errorf("%q is none of %s", text, strings.Join(names, ", "))
}

// Policy is everything that a plan depends on besides the trees. The zero Policy
// syncs both ways and keeps both versions of a conflict.
type Policy struct {
	Direction Direction
	Conflict  ConflictRule
	// Exact makes the target of a push or pull equal to its source: what only the
	// target has is removed, and what changed there is overwritten.
	Exact bool
	// Adopt treats files that are not in the base as equal if their sizes are equal and
	// the server tells no hash.
	Adopt bool
	// Checksum compares the contents of both sides with the base even where the stamps
	// match. Contents of the server are compared only in a full pass.
	Checksum bool
	// CopyLinks makes symbolic links on the side that lacks them.
	CopyLinks bool
	// Trash says on which sides (by Side) replaced and removed files go to the trash.
	Trash [2]bool
	// Bounds are limits on the files that a pass touches. A file outside them is left alone
	// on both sides.
	Bounds filter.Bounds
	// RecentAfter is the time after which a file's last change counts as recent. A new
	// name with an older time was renamed or copied, not written. On a server without
	// identities only such files are paired as renames. Zero: every change is recent.
	RecentAfter time.Time
	// Folding says of each side whether names that differ only in case are one there.
	Folding [2]namecase.Folding
	// partial says that the trees do not show everything, so that nothing follows from
	// a file being the only one of its kind in them.
	partial bool
	// only is [Options.Only], and now the time at which the pass began.
	only *filter.Only
	now  time.Time
	// pinned is [Options.Pinned].
	pinned Pinned
	// names are [Options.LocalNames] and [Options.RemoteNames].
	names [2]NameEncoder
	// links is what is known of links so far; nil: they are not copied.
	links *linksSeen
	// untold holds the files for which the server tells no hash.
	untold *pathSet
	// proves says that contents that were not compared when their directory was renamed
	// are compared in this pass.
	proves bool
	// dryRun says that no content is downloaded to be compared with an unchanged stamp.
	dryRun bool
	// localIsServer is [Options.LocalIsServer].
	localIsServer bool
	// NoMoves carries out every rename as a transfer and a deletion.
	NoMoves bool
	// secondHalf says that this is the second half of a pass, after which none follows.
	secondHalf bool
}

// whose says in the name of a conflict copy which side's version it is.
func (p Policy) whose(side Side) string {
	switch {
	case side == Remote:
		return copyname.Remote
	case p.localIsServer:
		return copyname.Target
	}
	return copyname.Local
}

// A pathSet is a set of paths. A nil *pathSet is empty.
type pathSet struct{ paths map[manifest.Path]bool }

func (s *pathSet) has(p manifest.Path) bool { return s != nil && s.paths[p] }

// checksRemote reports whether the contents of unchanged files of the server are
// compared, too.
func (p Policy) checksRemote() bool { return p.Checksum && !p.partial }

// Limits are the rails of a pass.
type Limits struct {
	// MaxDeletes and MaxDeletePercent stop a pass that would remove more files than
	// this from one side. If both are set, both must be exceeded. A negative number
	// means no limit. NewLimits returns the defaults.
	MaxDeletes, MaxDeletePercent int
	// AllowDeletes switches both off for this pass.
	AllowDeletes bool
	// AcceptEmpty accepts for this pass that a side has lost everything.
	AcceptEmpty bool
	// MaxEntries is the most files and directories that a pass reads on one side; 0:
	// [DefaultMaxEntries].
	MaxEntries int
}

// NewLimits returns the default limits: at most half of a side, or 10 files if that
// is more.
func NewLimits() Limits { return Limits{MaxDeletes: 10, MaxDeletePercent: 50} }
