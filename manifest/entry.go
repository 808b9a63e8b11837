package manifest

import (
	"fmt"
	"time"
)

// A Kind says what is at a path.
type Kind uint8

// The kinds. The zero kind means that nothing is there.
const (
	None  Kind = iota
	File       // a regular file
	Dir        // a directory
	Other      // a link, device, pipe or socket: never transferred or deleted, and nothing else can be put there
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

// A Precision says how exact a time is.
type Precision uint8

// The precisions, finest first. MLSD and MDTM give seconds (RFC 3659, 2.3),
// LIST minutes, or days for old files.
const (
	Nanosecond Precision = iota
	Second
	Minute
	Day
	NoTime // the side shows no time at all
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
	// Holds says that a directory holds names that are in no tree, ignored ones or
	// such as a tree cannot have, so the directory cannot be removed.
	Holds bool
	Size  int64 // bytes; 0 except for files
	// ModTime is in nanoseconds since 1970 UTC, as the side shows it. It is compared
	// only with other times of the same side. With NoTime it is 0, or the seconds of a
	// time that is too far away for nanoseconds; see [Entry.SetTime].
	ModTime int64
	// Shown is the time in a LIST line, in seconds as if it were UTC, or 0. LIST
	// has no time zone, so Shown only tells whether the line has changed.
	Shown int64
	// ID identifies the file on its side whatever its name (inode, MLSD unique); 0 if
	// unknown. It is only a hint: a side may give it to another file at once.
	ID uint64
	// Changed is when the content or attributes of a local file last changed (ctime),
	// in nanoseconds since 1970, or 0 if unknown. Unlike ModTime no program can set it.
	Changed int64
	// Device identifies the file system that is mounted on a local directory, or 0 if it
	// is on that of the directory above or this is unknown.
	Device uint64
	// Mode holds the permission bits of a file, at most 0777, or 0 if they are not known or
	// not kept.
	Mode uint16
	// Sum is the SHA-256 of the content, 32 bytes, or "" if it is not known.
	Sum string
	// Name is the last component as the side spells it, or "" if that is the
	// spelling of the path, which is in NFC.
	Name string
}

// IsFile reports whether e is a regular file.
func (e Entry) IsFile() bool { return e.Kind == File }

// IsDir reports whether e is a directory.
func (e Entry) IsDir() bool { return e.Kind == Dir }

// Exists reports whether anything is there.
func (e Entry) Exists() bool { return e.Kind != None }

// Time returns ModTime as a time in UTC, or the zero time if the side shows none.
func (e Entry) Time() time.Time {
	if e.Precision == NoTime || e.Kind == None {
		return time.Time{}
	}
	return time.Unix(0, e.ModTime).UTC()
}

// farthest is how many seconds from 1970 a time may be to be held in nanoseconds: as long
// as from 1678 to 2261.
const farthest = 9_200_000_000

// SetTime sets the modification time. One that nanoseconds since 1970 cannot hold, such as
// of the year 2300, is no time: nothing can be done with it. Only whether it is still the
// same can be told, by its seconds.
func (e *Entry) SetTime(t time.Time, p Precision) {
	if sec := t.Unix(); sec < -farthest || sec > farthest {
		e.ModTime, e.Precision = sec, NoTime
		return
	}
	e.ModTime, e.Precision = t.UnixNano(), p
}

// Spelled returns the last component of p as e's side spells it.
func (e Entry) Spelled(p Path) string {
	if e.Name != "" {
		return e.Name
	}
	return p.Base()
}

// SameTime reports whether two times of one side agree within the coarser of their
// precisions. They also agree if one of them is not known.
func SameTime(a, b Entry) bool {
	p := max(a.Precision, b.Precision)
	if p == NoTime {
		return a.hidesTime() || b.hidesTime() || a.Precision == b.Precision && a.ModTime == b.ModTime
	}
	step := int64(p.Duration())
	return floorDiv(a.ModTime, step) == floorDiv(b.ModTime, step)
}

// hidesTime reports whether nothing is known of the time of e.
func (e Entry) hidesTime() bool { return e.Precision == NoTime && e.ModTime == 0 }

// SameShown reports whether two LIST lines of one file show the same time. A line
// that shows minutes now and only the day later still counts as the same.
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

// Unchanged reports whether two entries of one side look the same: same kind and,
// for files, same size and time. It does not compare identities or contents.
func Unchanged(was, now Entry) bool {
	if was.Kind != now.Kind {
		return false
	}
	return was.Kind != File || was.Size == now.Size && SameTime(was, now)
}
