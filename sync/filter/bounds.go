package filter

import (
	"time"

	"ferry/manifest"
)

// Bounds are limits on the files that a pass touches. The zero value has none.
type Bounds struct {
	// MaxSize is the size in bytes of the largest file; 0: any.
	MaxSize int64
	// MinAge is how long ago a file must have been changed; 0: any time.
	MinAge time.Duration
}

// TooLarge reports whether e is a larger file.
func (b Bounds) TooLarge(e manifest.Entry) bool {
	return b.MaxSize > 0 && e.IsFile() && e.Size > b.MaxSize
}

// clockError is more than clocks and time zones differ by. A time that is further in the
// future says nothing about the age of a file.
const clockError = 26 * time.Hour

// TooYoung reports whether e is a file that was changed too short a time before now,
// and when it will be old enough. A time that is not exact counts as the latest that it
// can be.
func (b Bounds) TooYoung(e manifest.Entry, now time.Time) (until time.Time, young bool) {
	changed := e.Time()
	if b.MinAge <= 0 || !e.IsFile() || changed.IsZero() || changed.After(now.Add(clockError)) {
		return time.Time{}, false
	}
	until = changed.Add(e.Precision.Duration() + b.MinAge)
	return until, until.After(now)
}
