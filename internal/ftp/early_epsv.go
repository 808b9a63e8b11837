package ftp

import (
	"io"
	"net"
	"time"
)

// vsftpd closes its end of an upload, waits until that is acknowledged, and only
// then says how the upload went: a round trip later than others. Its end tells us
// that it has read all there was and takes commands again, so the question for the
// next port goes out when that comes, and is answered together with the upload.

// drained reads what a server still sends on the data connection of an upload, to
// its end, closes the connection, and then shut, where the end was the server's.
func drainUpload(conn *net.TCPConn, shut chan<- struct{}) {
	_, err := io.Copy(io.Discard, conn)
	conn.Close()
	if err == nil {
		close(shut)
	}
}

// lingers reports whether the server's word about an upload comes a round trip
// after its end of the data connection.
func (s *Session) ConfirmsLate() bool { return s.features.Has(ConfirmsUploadsLate) && s.Overlaps() }

// goOnward waits for the final reply to t, and where the server closes its end of the data
// connection first, asks for the port of the next transfer. It reports whether it
// asked.
func (c *controlConn) askPortEarly(t *Transfer) (asked bool, err error) {
	if !t.UploadFollows || t.data.shut == nil || c.owed != 1 || !c.modes.isProven(modeEPSV) {
		return false, nil
	}
	came, err := c.repliesBefore(t.data.shut)
	if err != nil || came {
		return false, err
	}
	return true, c.send(modeEPSV.String())
}

// arrive reads the answer to what goOnward asked. A refusal only means that there
// is no port yet.
func (c *controlConn) readEarlyPort() error {
	r, err := c.final()
	switch {
	case err != nil:
		return err
	case r.Code == 229:
		c.port, c.portAt = r, time.Now()
	case !r.Refused():
		c.dead = true
		return errOutOfStep
	}
	return nil
}

// portFresh is how long a port that the server opened ahead is relied upon.
const portFresh = 3 * time.Second

// takePort returns the answer to EPSV that was asked for ahead, where t begins
// with that, and nothing else was sent since.
func (c *controlConn) takePort(t *Transfer, ask string) (told Reply, ok bool) {
	told = c.port
	c.port = Reply{}
	if told.Code == 0 || ask != modeEPSV.String() || t.together || t.Begun != nil || len(t.cwd) > 0 || len(t.Before.lines) > 0 {
		return told, false
	}
	return told, !c.dead && c.owed == 0 && c.overlapped == nil && time.Since(c.portAt) < portFresh
}
