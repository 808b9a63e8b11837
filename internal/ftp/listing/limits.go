package listing

import (
	"fmt"
	"time"
)

// DefaultMost is the most entries that one directory may have, unless a setting says
// otherwise.
const DefaultMost = 1_000_000

const (
	bytesPerEntry = 256      // on average, of its line
	leastBytes    = 64 << 10 // that a listing may have in any case
	leastRate     = 16 << 10 // bytes per second that allow a listing more time
)

// Limits end a listing that a server never ends: too many entries, too many bytes, or
// bytes that come one by one, so that no wait is long enough to give up.
type Limits struct {
	entries int
	bytes   int64
	rate    int64 // bytes per second
	time    time.Duration
	began   time.Time
}

// NewLimits returns the limits of a listing that begins now and may have most entries (0:
// [DefaultMost]). It may take time, whatever its length, and more where it comes at 16
// KiB/s, or at rate bytes per second where that is a lower limit of ours (0: none).
func NewLimits(most int, rate int64, time time.Duration, now time.Time) Limits {
	l := Limits{entries: most, rate: leastRate, time: time, began: now}
	if most <= 0 {
		l.entries = DefaultMost
	}
	l.bytes = max(int64(l.entries)*bytesPerEntry, leastBytes)
	if rate > 0 {
		l.rate = min(l.rate, rate)
	}
	return l
}

// End returns when a listing of which n bytes have come must have ended.
func (l Limits) End(n int64) time.Time {
	return l.began.Add(l.time + time.Duration(n/l.rate)*time.Second)
}

// exceeded returns an error that names the limit which a listing has reached, and the
// setting for it.
func (l Limits) exceeded(bytes int64, entries int, now time.Time) error {
	switch {
	case entries > l.entries:
		return fmt.Errorf("the directory has more than %d entries (max-listing sets this limit)", l.entries)
	case bytes > l.bytes:
		return fmt.Errorf("the listing is longer than %d bytes, which is too much for %d entries (max-listing sets this limit)", l.bytes, l.entries)
	case !now.Before(l.End(bytes)):
		return fmt.Errorf("the listing came too slowly: %d bytes in %v (a longer timeout allows it more time)", bytes, now.Sub(l.began).Round(time.Second))
	}
	return nil
}
