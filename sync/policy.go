package sync

import (
	"fmt"
	"time"
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

// ConflictRule says what happens when both sides changed one file.
type ConflictRule uint8

// The rules. Whatever loses is kept: as a conflict copy with KeepBoth, in the
// trash with the next three.
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
	return fmt.Errorf("%q is none of %q", text, names)
}

// Policy is everything but the trees that a plan depends on. The zero Policy
// syncs both ways and keeps both versions of a conflict.
type Policy struct {
	Direction Direction
	Conflict  ConflictRule
	// Exact makes the target of a push or pull equal to its source: what only the
	// target has is removed, what changed there is put back.
	Exact bool
	// Adopt takes files without a base and of equal size for equal.
	Adopt bool
	// Checksum compares local contents with the base, whatever the stamps say.
	Checksum bool
	// Trash says on which sides what is replaced or removed is kept.
	Trash [2]bool
	// Settled is the time before which a file's last change counts as long ago: a
	// new name with such a time was renamed or copied, not written since. Remote
	// renames on a server without identities are paired only then. Zero: never.
	RecentAfter time.Time
	// partial says that the trees are not all that the sides hold, so that nothing
	// can be concluded from what is the only one of its kind in them.
	partial bool
	// NoMoves carries every rename out as a new file and a deletion.
	NoMoves bool
}

// Limits are the rails of a pass.
type Limits struct {
	// MaxDeletes and MaxDeletePercent stop a pass that would remove more than
	// this from one side: both must be exceeded where both are set; a negative
	// number is no limit. NewLimits gives the default.
	MaxDeletes, MaxDeletePercent int
	// AllowDeletes switches the two off, this once.
	AllowDeletes bool
	// AcceptEmpty takes a side that lost everything at its word, this once.
	AcceptEmpty bool
}

// NewLimits returns the limits that hold where the user set none: a stop above
// half of a side, when that is more than 10 files.
func NewLimits() Limits { return Limits{MaxDeletes: 10, MaxDeletePercent: 50} }
