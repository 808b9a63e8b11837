package ftp

import (
	"fmt"
	"time"
)

// Some servers send no preliminary reply to a transfer, or send it after the data. Then
// the transfer begins without it, and its final reply counts as always: the data connection
// must have come, and have ended in good order.

// unannouncedWait is how long a server that is known to send no preliminary reply may take to
// refuse a transfer.
const unannouncedWait = 500 * time.Millisecond

// assumedStart stands for a preliminary reply that has not come yet.
var assumedStart = Reply{Code: 150, Text: "on its way"}

// isUnannounced waits for a reply to the transfer command of t, whose data connection is open. It
// reports whether none came for so long that none is to be expected.
func (c *controlConn) isUnannounced(t *Transfer) bool {
	if a := t.command; a.preliminary.Code != 0 || a.answered() {
		return false
	}
	limit := c.deadlines.Timeout / 2
	if c.features.neverAnnounces() {
		limit = min(limit, unannouncedWait)
	}
	replied, err := c.replyWithin(limit)
	return !replied && err == nil
}

// assumeStart has a transfer begin before its preliminary reply comes, or without it.
func (t *Transfer) assumeStart() { t.early, t.start = true, assumedStart }

// endsUnannounced reports whether r, the first reply to the command of t, ends a transfer that
// no preliminary reply began. It makes r the final reply.
func (t *Transfer) endsUnannounced(c *controlConn, r Reply) bool {
	if r.Code != 226 && r.Code != 250 || t.data == nil {
		return false
	}
	t.start, t.Final = assumedStart, r
	if !c.features.neverAnnounces() && c.features != nil {
		c.features.Observe(AnnouncesTransfers, false)
	}
	return true
}

// neverAnnounces reports whether the server is known to send no preliminary replies.
func (f *Features) neverAnnounces() bool { return f != nil && !f.Has(AnnouncesTransfers) }

// neverServed is the error of a transfer that the server calls done, although it has not ended
// the data connection for a whole timeout, which err tells. It does the same the next time, so
// that is not tried again.
func (t *Transfer) neverServed(err error) error {
	return &Error{Op: t.Op, Path: t.Path, Class: File, Code: t.Final.Code, Reply: Printable(t.Final.Text),
		Err: fmt.Errorf("the server says that it is done, and does not end its data connection: %w", err)}
}
