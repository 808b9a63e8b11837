package ftp

import (
	"ferry/internal/ftp/wire"
	"slices"
)

// prepare sends everything that precedes the transfer command and returns the
// reply to port, the command that asks for the data connection. Where the server
// refuses a CWD, that refusal is in t.start.
func (a *attempt) prepare(port string) (reply Reply, err error) {
	if reply, ok := a.takeEarlyPort(); ok {
		a.trace.Asked(port)
		a.trace.Answered(reply)
		return reply, nil
	}
	c, t := a.c, a.t
	before, cwd, request := expectAll(t.Before.lines, fits), expectAll(t.cwd, fits), &awaited{line: port}
	mode := c.modeCommands(t)
	unsent := slices.Concat(mode, cwd, []*awaited{request})
	if a.together {
		unsent = append(unsent, a.transferCommands()...)
	}
	if !c.serial {
		if err := c.send(append(before, unsent...)...); err != nil {
			return Reply{}, err
		}
		unsent = nil
	}
	a.trace.Asked(port)
	if err := a.readBefore(before); err != nil {
		return Reply{}, err
	}
	if unsent, err = a.setMode(mode, unsent); err != nil {
		return Reply{}, err
	}
	for _, command := range cwd {
		if unsent, err = c.sendFirst(unsent); err != nil {
			return Reply{}, err
		}
		r, err := c.awaitCommand(command)
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
	return a.portReply(request)
}

// portReply reads the reply to the command that asks for the data connection.
// Some servers connect to us as soon as they read EPRT and reply only after that,
// so silence means that they cannot reach us.
func (a *attempt) portReply(request *awaited) (reply Reply, err error) {
	c, t := a.c, a.t
	if a.listener != nil && !t.start.Refused() {
		if replied, err := c.replyWithin(a.limit); err == nil && !replied {
			return reply, a.notReached()
		}
	}
	if reply, err = c.await(request); err != nil {
		err = c.broken(wire.Verb(request.line), err)
		a.trace.Silent("no answer: " + err.Error())
		return reply, err
	}
	a.trace.Answered(reply)
	if c.dead && !t.start.Refused() {
		if !c.modes.IsProven(a.mode) {
			return reply, a.trace.Fails("the server answers "+reply.String(), causeCommandRefused)
		}
		return reply, ReplyError(wire.Verb(request.line), "", reply)
	}
	return reply, nil
}

// readBefore delivers the replies to t.Before. Nothing may be concluded from them
// until the transfer has begun.
func (a *attempt) readBefore(before []*awaited) error {
	for i, command := range before {
		r, err := a.c.awaitCommand(command)
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

// awaitCommand is await for a command that precedes a transfer. A 421 in place of
// its reply is an error.
func (c *controlConn) awaitCommand(a *awaited) (Reply, error) {
	r, err := c.await(a)
	switch {
	case err != nil:
		return r, c.broken(wire.Verb(a.line), err)
	case c.dead:
		return r, ReplyError(wire.Verb(a.line), "", r)
	}
	return r, nil
}

// sendFirst sends the first of commands, if there is one, and returns the rest.
// It serves servers that get one command at a time.
func (c *controlConn) sendFirst(commands []*awaited) ([]*awaited, error) {
	if len(commands) == 0 {
		return nil, nil
	}
	return commands[1:], c.send(commands[0])
}
