package ftp

import (
	"fmt"
	"slices"
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

// prepare sends what comes before the transfer command and returns the reply to
// port, the command for the data connection. Where what must come before is
// refused, the refusal is in t.start.
func (a *attempt) prepare(port string) (told Reply, err error) {
	if told, ok := a.takeEarlyPort(); ok {
		a.trace.asked(port)
		a.trace.answered(told)
		return told, nil
	}
	c, t := a.c, a.t
	before, cwd, asked := expectAll(t.Before.lines, fits), expectAll(t.cwd, fits), &awaited{line: port}
	unsent := append(slices.Clone(cwd), asked)
	if a.together {
		unsent = append(unsent, a.transferCommands()...)
	}
	if !c.serial {
		if err := c.send(append(before, unsent...)...); err != nil {
			return Reply{}, err
		}
		unsent = nil
	}
	a.trace.asked(port)
	if err := a.readBefore(before); err != nil {
		return Reply{}, err
	}
	for _, one := range cwd {
		if unsent, err = c.sendFirst(unsent); err != nil {
			return Reply{}, err
		}
		r, err := c.awaitCommand(one)
		if err != nil {
			return Reply{}, err
		}
		if !r.OK() && t.start.Code == 0 {
			t.start = r
		}
	}
	if _, err = c.sendFirst(unsent); err != nil {
		return Reply{}, err
	}
	return a.portReply(asked)
}

// portReply reads the reply to the command for the data connection. Some servers
// connect to us as soon as they are asked and answer when they are in, so silence
// is a sign that they cannot.
func (a *attempt) portReply(asked *awaited) (told Reply, err error) {
	c, t := a.c, a.t
	if a.listener != nil && !t.start.Refused() {
		if came, err := c.awaits(a.limit); err == nil && !came {
			return told, a.notReached()
		}
	}
	if told, err = c.await(asked); err != nil {
		err = c.broken(verbOf(asked.line), err)
		a.trace.silent("no answer: " + err.Error())
		return told, err
	}
	a.trace.answered(told)
	if c.dead && !t.start.Refused() {
		if !c.modes.isProven(a.mode) {
			return told, a.trace.fails("the server answers "+told.String(), causeCommandRefused)
		}
		return told, ReplyError(verbOf(asked.line), "", told)
	}
	return told, nil
}

// readBefore hands out the replies to what goes before the commands of the
// transfer. Nothing may be concluded from them before the transfer has begun.
func (a *attempt) readBefore(before []*awaited) error {
	for i, one := range before {
		r, err := a.c.awaitCommand(one)
		if err != nil {
			return err
		}
		if deliver := a.t.Before.deliver[i]; deliver != nil {
			deliver(r)
		}
	}
	a.t.Before = Batch{}
	return nil
}

// awaitCommand is await for a command that goes before a transfer: a server that
// ends the session has not answered it.
func (c *controlConn) awaitCommand(a *awaited) (Reply, error) {
	r, err := c.await(a)
	switch {
	case err != nil:
		return r, c.broken(verbOf(a.line), err)
	case c.dead:
		return r, ReplyError(verbOf(a.line), "", r)
	}
	return r, nil
}

// sendFirst sends the first of commands that go one at a time, if there are any,
// and returns the others.
func (c *controlConn) sendFirst(commands []*awaited) ([]*awaited, error) {
	if len(commands) == 0 {
		return nil, nil
	}
	return commands[1:], c.send(commands[0])
}

// transferCommands returns REST, where it is needed, and the transfer command. The
// server keeps a position when the transfer is refused, and some keep it when it
// succeeds, so the transfer after one with REST begins with REST as well.
func (a *attempt) transferCommands() []*awaited {
	c, t := a.c, a.t
	t.command = &awaited{line: t.Line, done: t.ended}
	if t.Offset == 0 && !c.restPending {
		return []*awaited{t.command}
	}
	c.restPending = true
	a.rest = &awaited{line: fmt.Sprintf("REST %d", t.Offset)}
	return []*awaited{a.rest, t.command}
}

// sendTransfer sends REST, where needed, and the transfer command in one piece.
func (a *attempt) sendTransfer() error {
	commands := a.transferCommands()
	if a.rest != nil && a.c.serial {
		a.trace.asked(a.rest.line)
		if err := a.c.send(a.rest); err != nil {
			return err
		}
		if err := a.restReply(); err != nil || a.t.start.Refused() {
			return err
		}
		commands = commands[1:]
	}
	for _, one := range commands {
		a.trace.asked(one.line)
	}
	return a.c.send(commands...)
}

// restReply reads the reply to REST. A transfer from an offset that the server
// refused would begin at 0, so the connection is given up.
func (a *attempt) restReply() error {
	if a.rest == nil {
		return nil
	}
	r, err := a.c.await(a.rest)
	if err != nil {
		return a.c.broken("REST", err)
	}
	a.rest = nil
	a.c.restPending = a.t.Offset > 0
	if r.Code != 350 {
		a.c.dead = true
		a.t.start = r
		if !r.Refused() {
			return &Error{Op: "REST", Path: a.t.Path, Class: Server, Code: r.Code, Reply: Printable(r.Text)}
		}
	}
	return nil
}

// begin reads the answer to the transfer command.
func (a *attempt) begin() (err error) {
	t := a.t
	if t.start, err = a.c.awaitStart(t.command); err != nil {
		return a.c.broken(verbOf(t.Line), err)
	}
	a.trace.answered(t.start)
	if t.start.Preliminary() {
		return nil
	}
	t.data.abort()
	return a.declined()
}

// declined tells a refusal of the data connection from a refusal of what was
// asked.
func (a *attempt) declined() error {
	t := a.t
	switch {
	case !t.start.Refused():
		a.c.dead = true
		return ReplyError(t.Op, t.Path, t.start)
	case t.start.Code == 425 && !mentionsReuse(t.start.Text) && !a.c.dead:
		cause := "a setting of the server, or a NAT that gives data connections another address than the control connection"
		if t.data == nil || t.data.sock == nil {
			cause = causeActiveSilent
		}
		return a.trace.fails("the server answers "+t.start.String(), cause)
	}
	return nil
}
