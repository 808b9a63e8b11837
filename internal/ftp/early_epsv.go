package ftp

import (
	"errors"
	"time"

	"ferry/internal/ftp/datamode"
)

// A server with the quirk ConfirmsUploadsLate closes its end of an upload, waits for
// TCP to acknowledge that, and only then sends the final reply. When it closes its
// end it has read everything and can take commands again. So EPSV for the next
// upload goes out at that moment, and its reply comes together with the final reply
// to the upload before. This file only saves a round trip per upload.

// earlyPortLimit is how long the port of an early EPSV may be used.
const earlyPortLimit = 3 * time.Second

// ConfirmsLate reports whether an early EPSV for the next upload saves a round trip;
// see [Transfer.UploadFollows].
func (s *Session) ConfirmsLate() bool { return s.features.Has(ConfirmsUploadsLate) && s.Overlaps() }

// askPortEarly waits for the final reply to the upload t. Where the server closes
// its end of the data connection first, askPortEarly sends EPSV for the next upload
// and returns its entry in the queue; nil where it was not sent.
func (c *controlConn) askPortEarly(t *Transfer) (*awaited, error) {
	if !t.UploadFollows || t.data.serverClosed == nil || c.queue.len() != 1 || !c.modes.IsProven(datamode.EPSV) {
		return nil, nil
	}
	replied, err := c.repliesBefore(t.data.serverClosed)
	if err != nil || replied {
		return nil, err
	}
	port := &awaited{line: datamode.EPSV.String(), fits: fits}
	return port, c.send(port)
}

// readEarlyPort reads the reply to an early EPSV. A refusal only means that there is
// no port yet. A reply that does not fit is noted in t and costs the session, but the
// upload itself is complete, because its final reply has come.
func (c *controlConn) readEarlyPort(t *Transfer, port *awaited) {
	_, err := c.await(port)
	if t.outOfStep = errors.Is(err, errOutOfStep); err == nil {
		c.earlyPort = port
	}
}

// takeEarlyPort returns the reply to an early EPSV, if a can use it: a begins with
// EPSV, nothing was sent since, and the port is not too old.
func (a *attempt) takeEarlyPort() (Reply, bool) {
	c, early := a.c, a.c.earlyPort
	c.earlyPort = nil
	if early == nil || c.dead || !c.queue.isLast(early) || early.reply.Code != 229 || time.Since(early.came) > earlyPortLimit {
		return Reply{}, false
	}
	t := a.t
	if a.mode != datamode.EPSV || a.together || t.Deflate != c.deflates || t.Begun != nil || len(t.cwd) > 0 || t.Before.Len() > 0 {
		return Reply{}, false
	}
	return early.reply, true
}
