package ftp

import (
	"errors"
	"io"
	"net"
	"time"
)

// A server with the quirk ConfirmsUploadsLate closes its end of an upload, waits
// until that is acknowledged, and only then says how the upload went. Its end
// shows that it has read everything and takes commands again. So EPSV for the next
// upload goes out at that moment, and its reply comes together with the final
// reply to the upload before.

// earlyPortLimit is how long a port that the server opened early is relied upon.
const earlyPortLimit = 3 * time.Second

// ConfirmsLate reports whether it pays to ask for the port of the next upload
// early; see [Transfer.UploadFollows].
func (s *Session) ConfirmsLate() bool { return s.features.Has(ConfirmsUploadsLate) && s.Overlaps() }

// drainUpload reads what the server still sends on the data connection of an
// upload, and closes the connection. It closes shut where the server ended it.
func drainUpload(conn *net.TCPConn, serverClosed chan<- struct{}) {
	_, err := io.Copy(io.Discard, conn)
	conn.Close()
	if err == nil {
		close(serverClosed)
	}
}

// askPortEarly waits for the final reply to the upload t. Where the server closes
// its end of the data connection first, it sends EPSV for the next one, and
// returns what is awaited for that; nil where it was not sent.
func (c *controlConn) askPortEarly(t *Transfer) (*awaited, error) {
	if !t.UploadFollows || t.data.serverClosed == nil || c.queue.len() != 1 || !c.modes.isProven(modeEPSV) {
		return nil, nil
	}
	replied, err := c.repliesBefore(t.data.serverClosed)
	if err != nil || replied {
		return nil, err
	}
	port := &awaited{line: modeEPSV.String(), fits: fits}
	return port, c.send(port)
}

// readEarlyPort reads the reply to an EPSV that was sent early. A refusal only
// means that there is no port yet. A reply that does not fit is noted in t and
// ends the session, but not the upload, whose own reply has come.
func (c *controlConn) readEarlyPort(t *Transfer, port *awaited) {
	_, err := c.await(port)
	if t.outOfStep = errors.Is(err, errOutOfStep); err == nil {
		c.earlyPort = port
	}
}

// takeEarlyPort returns the reply to the EPSV that was sent early, where a begins
// with that and nothing else was sent since.
func (a *attempt) takeEarlyPort() (Reply, bool) {
	c, early := a.c, a.c.earlyPort
	c.earlyPort = nil
	if early == nil || c.dead || !c.queue.isLast(early) || early.reply.Code != 229 || time.Since(early.came) > earlyPortLimit {
		return Reply{}, false
	}
	t := a.t
	if a.mode != modeEPSV || a.together || t.Begun != nil || len(t.cwd) > 0 || t.Before.Len() > 0 {
		return Reply{}, false
	}
	return early.reply, true
}
