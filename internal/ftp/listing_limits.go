package ftp

import (
	"fmt"
	"time"
)

// DefaultMaxListing is the most entries that one directory of the server may have,
// unless [Options.MaxListing] says otherwise.
const DefaultMaxListing = 1_000_000

// Limits of one listing that follow from the options.
const (
	bytesPerEntry  = 256      // on average, of its line
	leastBytes     = 64 << 10 // that a listing may have in any case
	listingWaits   = 20       // timeouts that a listing may take, whatever its length
	listingMinRate = 16 << 10 // bytes per second that allow it more time
)

// listingLimits are what ends a listing that a server never ends: too many entries, too
// many bytes, or bytes that come one by one so that no wait is long enough to give up.
type listingLimits struct {
	entries int
	bytes   int64
	rate    int64 // bytes per second
	waits   time.Duration
	began   time.Time
}

func newListingLimits(o *Options, began time.Time) listingLimits {
	l := listingLimits{entries: o.MaxListing, rate: listingMinRate, waits: listingWaits * o.Timeout, began: began}
	if l.entries <= 0 {
		l.entries = DefaultMaxListing
	}
	l.bytes = max(int64(l.entries)*bytesPerEntry, leastBytes)
	if o.BytesDown > 0 { // all sessions share it
		l.rate = max(min(l.rate, o.BytesDown/int64(2*max(o.Connections, 1))), 1)
	}
	return l
}

// end returns when a listing of which n bytes have come must have ended.
func (l listingLimits) end(n int64) time.Time {
	return l.began.Add(l.waits + time.Duration(n/l.rate)*time.Second)
}

// exceeded returns an error that names the limit which a listing has reached, and the
// setting for it.
func (l listingLimits) exceeded(bytes int64, entries int, now time.Time) error {
	switch {
	case entries > l.entries:
		return fmt.Errorf("the directory has more than %d entries (max-listing sets this limit)", l.entries)
	case bytes > l.bytes:
		return fmt.Errorf("the listing is longer than %d bytes, which is too much for %d entries (max-listing sets this limit)", l.bytes, l.entries)
	case !now.Before(l.end(bytes)):
		return fmt.Errorf("the listing came too slowly: %d bytes in %v (a longer timeout allows it more time)", bytes, now.Sub(l.began).Round(time.Second))
	}
	return nil
}
