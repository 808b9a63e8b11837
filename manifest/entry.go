package manifest

import (
	"fmt"
	"time"
)

// Kind says what a path is.
type Kind uint8

// The kinds. The zero kind means that nothing is there.
const (
	None  Kind = iota
	File       // a regular file
	Dir        // a directory
	Other      // a link, device, pipe or socket: never transferred, never removed, and it blocks its name
)

func (k Kind) String() string {
	switch k {
	case None:
		return "nothing"
	case File:
		return "file"
	case Dir:
		return "directory"
	case Other:
		return "special file"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Precision is how exact a time is.
type Precision uint8

// The precisions, finest first. MLSD and MDTM give seconds (RFC 3659, 2.3),
// LIST minutes, or days for old files.
const (
	Nanosecond Precision = iota
	Second
	Minute
	Day
	NoTime // the side tells no time at all
)

// Duration returns the length of one step of the precision; it is 0 for NoTime.
func (p Precision) Duration() time.Duration {
	switch p {
	case Nanosecond:
		return 1
	case Second:
		return time.Second
	case Minute:
		return time.Minute
	case Day:
		return 24 * time.Hour
	}
	return 0
}

// An Entry is what a path is on one side, as that side showed it. The zero
// Entry means that nothing is there.
type Entry struct {
	Kind      Kind
	Precision Precision // of ModTime
	// ShownPrecision is the precision of Shown.
	ShownPrecision Precision
	// Holds says that a directory holds names that are in no tree (ignored
	// ones, or names that cannot be held), so that it cannot be removed.
	Holds bool
	Size  int64 // bytes; 0 but for files
	// ModTime is in nanoseconds since 1970 UTC, as the side tells it. It is
	// compared with other times of the same side only.
	ModTime int64
	// Shown is the time that a LIST line showed, in seconds as if it were UTC,
	// or 0. LIST has no zone, so it is good for nothing but telling that a line
	// has not changed.
	Shown int64
	// ID identifies the file on its side whatever its name (inode, MLSD unique);
	// 0 where unknown. A hint: an identity may be used again at once.
	ID uint64
	// Sum is the SHA-256 of the content, 32 bytes, or "" where it is not known.
	Sum string
	// Name is the last component as the side spells it, where that differs from
	// the path's own (NFC) spelling, else "".
	Name string
}

// IsFile reports whether e is a regular file.
func (e Entry) IsFile() bool { return e.Kind == File }

// IsDir reports whether e is a directory.
func (e Entry) IsDir() bool { return e.Kind == Dir }

// Exists reports whether anything is there.
func (e Entry) Exists() bool { return e.Kind != None }

// Time returns ModTime as a time in UTC, the zero time where the side tells none.
func (e Entry) Time() time.Time {
	if e.Precision == NoTime || e.Kind == None {
		return time.Time{}
	}
	return time.Unix(0, e.ModTime).UTC()
}

// Spelled returns the last component of p as e's side spells it.
func (e Entry) Spelled(p Path) string {
	if e.Name != "" {
		return e.Name
	}
	return p.Base()
}

// SameTime reports whether two times of one side agree within the coarser of
// their precisions. Where one of them is not known they agree.
func SameTime(a, b Entry) bool {
	p := max(a.Precision, b.Precision)
	if p == NoTime {
		return true
	}
	step := int64(p.Duration())
	return floorDiv(a.ModTime, step) == floorDiv(b.ModTime, step)
}

// SameShown reports whether two LIST lines of one file showed the same time, a
// line that has aged from minutes to days included.
func SameShown(a, b Entry) bool {
	if a.Shown == 0 || b.Shown == 0 {
		return false
	}
	step := int64(max(a.ShownPrecision, b.ShownPrecision).Duration() / time.Second)
	return step > 0 && floorDiv(a.Shown, step) == floorDiv(b.Shown, step)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Unchanged reports whether now is what was, as far as one side's own stamps
// tell: same kind and, for files, same size and time. Identities and contents
// are not looked at. Both entries must come from the same side.
func Unchanged(was, now Entry) bool {
	if was.Kind != now.Kind {
		return false
	}
	return was.Kind != File || was.Size == now.Size && SameTime(was, now)
}
