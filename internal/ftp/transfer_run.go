package ftp

import (
	"errors"

	"ferry/internal/ftp/datamode"
)

// run opens a data connection in the first mode that works and sends the commands of t.
// With a nil error t.start is the server's reply to the transfer: preliminary, and t.data
// is connected; or a refusal.
func (c *controlConn) run(t *Transfer) error {
	if done, err := c.runPipelined(t); done {
		return err
	}
	modes, failed := c.modes.Candidates()
	for _, m := range modes {
		a := c.newAttempt(t, m)
		err := a.run()
		if err == nil {
			if t.start.Preliminary() {
				a.trace.Works = true
				c.modes.Worked(m)
			}
			return nil
		}
		if next, err := c.modeFailed(a, err); !next {
			return err
		}
		failed = append(failed, a.trace)
	}
	e := &Error{Op: "opening a data connection", Class: Server, Err: errors.New(datamode.Join(failed))}
	if len(failed) > 0 {
		e.Hint = failed[0].Hint()
	}
	return Fatal(e)
}

// modeFailed notes why an attempt failed. It reports whether the next mode can be tried
// on this connection; otherwise it returns the error to report.
func (c *controlConn) modeFailed(a *attempt, err error) (next bool, final error) {
	var refused *datamode.Error
	if !errors.As(err, &refused) {
		if c.lostIn(a) && !c.modes.IsProven(a.mode) {
			cut := a.trace.Fails("the control connection broke: "+err.Error(), causeControlCut)
			c.modes.Failed(a.mode, a.trace)
			return false, &Error{Op: "opening a data connection", Class: Retry, Err: cut, Hint: a.trace.Hint()}
		}
		return false, err
	}
	c.opts.Log.Info("data mode does not work", "mode", a.mode.String(), "why", a.trace.Why)
	lost := &Error{Op: "opening a data connection", Class: Retry, Err: err, Hint: a.trace.Hint()}
	if c.modes.ToleratesFailure(a.mode) {
		c.dead = true
		return false, lost
	}
	c.modes.Failed(a.mode, a.trace)
	if c.dead {
		return false, lost
	}
	return true, nil
}

// causeControlCut is the likely cause where the control connection breaks after a command
// for a data connection.
const causeControlCut = "a firewall or router inspects FTP and cuts connections with commands that it does not accept"

// lostIn reports whether the control connection broke, or went silent, after the command
// that asks for a data connection. An answer to the transfer does not speak against the mode.
func (c *controlConn) lostIn(a *attempt) bool {
	return c.dead && a.t.start.Code == 0 && c.last.Code != 421 && len(a.trace.Steps) > 0 && c.deadlines.Context().Err() == nil
}
