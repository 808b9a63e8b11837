package ftp

import "time"

// Some servers send no preliminary reply to a transfer, or send it after the data. Then
// the transfer begins without it, and its final reply counts as always: the data connection
// must have come, and have ended in good order.

// unsaidWait is how long a server that is known to send no preliminary reply may take to
// refuse a transfer.
const unsaidWait = 500 * time.Millisecond

// assumedStart stands for a preliminary reply that has not come.
var assumedStart = Reply{Code: 150, Text: "on its way"}

// isUnsaid waits for a reply to the transfer command of t, whose data connection is open. It
// reports whether none came for so long that none is to be expected.
func (c *controlConn) isUnsaid(t *Transfer) bool {
	if a := t.command; a.preliminary.Code != 0 || a.answered() {
		return false
	}
	limit := c.deadlines.Timeout / 2
	if c.features.knownUnsaid() {
		limit = min(limit, unsaidWait)
	}
	replied, err := c.replyWithin(limit)
	return !replied && err == nil
}

// assumeStart has a transfer begin without the server's word.
func (t *Transfer) assumeStart() { t.early, t.start = true, assumedStart }

// endsUnsaid reports whether r, the first reply to the command of t, ends a transfer that
// no preliminary reply began. It makes r the final reply.
func (t *Transfer) endsUnsaid(c *controlConn, r Reply) bool {
	if r.Code != 226 && r.Code != 250 || t.data == nil {
		return false
	}
	t.start, t.Final = assumedStart, r
	if !c.features.knownUnsaid() && c.features != nil {
		c.features.Observe(AnnouncesTransfers, false)
	}
	return true
}

// knownUnsaid reports whether the server is known to send no preliminary replies.
func (f *Features) knownUnsaid() bool { return f != nil && !f.Has(AnnouncesTransfers) }
