package ftp

import (
	"time"
)

// An attempt is one try to open a data connection in one mode and to give the
// commands of a transfer. A *modeError says that this mode does not work; the
// control connection is then dead or ready for another attempt.
type attempt struct {
	c        *controlConn
	t        *Transfer
	mode     dataMode
	trace    *Trace
	limit    time.Duration // for the connection to come about
	listener *dataListener // in active mode
	together bool          // the transfer command goes out with what comes before it
	rest     *awaited      // to REST, where it went out
}

// newAttempt prepares an attempt and begins its trace.
func (c *controlConn) newAttempt(t *Transfer, m dataMode) *attempt {
	trace := newTrace(m, c.sock.LocalAddr(), c.sock.RemoteAddr())
	t.traces = append(t.traces, trace)
	return &attempt{c: c, t: t, mode: m, trace: trace, limit: c.modes.limit(m, c.deadlines.timeout)}
}

func (a *attempt) run() error {
	a.t.start = Reply{}
	if a.mode.active() {
		return a.runActive()
	}
	return a.runPassive()
}
