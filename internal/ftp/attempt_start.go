package ftp

import (
	"ferry/internal/ftp/wire"
	"fmt"
)

// transferCommands returns REST, where it is needed, and the transfer command.
// Servers keep the position of REST when they refuse the transfer, and some keep
// it after a successful one, so the transfer that follows sends REST as well.
func (a *attempt) transferCommands() []*awaited {
	c, t := a.c, a.t
	t.command = &awaited{line: t.Line, done: t.ended}
	if t.offset == 0 && !c.restPending {
		return []*awaited{t.command}
	}
	c.restPending = true
	a.rest = &awaited{line: fmt.Sprintf("REST %d", t.offset)}
	return []*awaited{a.rest, t.command}
}

// sendTransfer sends REST, where it is needed, and the transfer command in one
// piece.
func (a *attempt) sendTransfer() error {
	commands := a.transferCommands()
	if a.rest != nil && a.c.serial {
		a.trace.Asked(a.rest.line)
		if err := a.c.send(a.rest); err != nil {
			return err
		}
		if err := a.restReply(); err != nil || a.t.start.Refused() {
			return err
		}
		commands = commands[1:]
	}
	for _, command := range commands {
		a.trace.Asked(command.line)
	}
	return a.c.send(commands...)
}

// restReply reads the reply to REST, if it was sent. After a refusal the transfer
// would begin at 0 in place of the offset, so the connection is given up.
func (a *attempt) restReply() error {
	if a.rest == nil {
		return nil
	}
	r, err := a.c.await(a.rest)
	if err != nil {
		return a.c.broken("REST", err)
	}
	a.rest = nil
	a.c.restPending = a.t.offset > 0
	if r.Code != 350 {
		a.c.dead = true
		a.t.start = r
		if !r.Refused() {
			return &Error{Op: "REST", Path: a.t.Path, Class: Server, Code: r.Code, Reply: Printable(r.Text)}
		}
	}
	return nil
}

// begin reads the first reply to the transfer command: 1yz or a refusal.
func (a *attempt) begin() (err error) {
	t := a.t
	if a.c.isUnannounced(t) {
		t.assumeStart()
		return nil
	}
	if t.start, err = a.c.awaitStart(t.command); err != nil {
		return a.c.broken(wire.Verb(t.Line), err)
	}
	a.trace.Answered(t.start)
	if t.endsUnannounced(a.c, t.start) || t.start.Preliminary() {
		return nil
	}
	t.data.abort()
	return a.declined()
}

// declined tells a server that could not open the data connection, which fails
// this mode, from one that refuses the transfer itself, which is no error here.
func (a *attempt) declined() error {
	t := a.t
	switch {
	case !t.start.Refused():
		a.c.dead = true
		return ReplyError(t.Op, t.Path, t.start)
	case t.start.Code == 425 && !mentionsReuse(t.start.Text) && !a.c.dead:
		cause := "a setting of the server, or NAT that gives data connections another address than the control connection"
		if t.data == nil || t.data.sock == nil {
			cause = causeActiveSilent
		}
		return a.trace.Fails("the server answers "+t.start.String(), cause)
	}
	return nil
}
