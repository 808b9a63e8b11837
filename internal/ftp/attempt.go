package ftp

import (
	"time"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/socket"
)

// An attempt is one try to open a data connection in one mode and to send the
// commands of a transfer. A *datamode.Error says that the mode does not work; the
// control connection is then either dead or ready for the next attempt.
type attempt struct {
	c        *controlConn
	t        *Transfer
	mode     DataMode
	trace    *Trace
	limit    time.Duration    // how long opening the data connection may take
	listener *socket.Listener // nil in passive mode
	together bool             // the transfer command goes out in one piece with EPRT or PORT
	rest     *awaited         // the reply to REST; nil: REST was not sent
}

// newAttempt prepares an attempt and adds its trace to those of t.
func (c *controlConn) newAttempt(t *Transfer, m DataMode) *attempt {
	trace := datamode.NewTrace(m, c.sock.LocalAddr(), c.sock.RemoteAddr())
	t.traces = append(t.traces, trace)
	return &attempt{c: c, t: t, mode: m, trace: trace, limit: c.modes.Limit(m, c.deadlines.Timeout)}
}

// run opens the data connection and sends the transfer command. With a nil error
// t.start is the server's answer; see [controlConn.run].
func (a *attempt) run() error {
	a.t.start = Reply{}
	if a.mode.Active() {
		return a.runActive()
	}
	return a.runPassive()
}
