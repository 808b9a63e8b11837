package ftp

import (
	"context"
	"net/netip"
	"time"

	"ferry/internal/ftp/socket"
	"ferry/internal/ftp/wire"
)

// A FarTransfer is a transfer whose data connection leads from this server to another one and
// not to us (RFC 959, section 5.2). PASV or PORT come first, by [Session.Command].
type FarTransfer struct {
	s       *Session
	op      string
	command *awaited
}

// SendFar sends the transfer command of line, as "RETR /x", and waits for nothing. The session
// can do nothing else until the transfer has ended.
func (s *Session) SendFar(ctx context.Context, line string) (*FarTransfer, error) {
	if err := CheckLine(line); err != nil {
		return nil, err
	}
	if s.c.restPending { // the next transfer would begin in the middle
		r, err := s.Command(ctx, "REST 0")
		if err == nil && r.Code != 350 {
			s.GiveUp()
			err = ReplyError("REST", "", r)
		}
		if err != nil {
			return nil, err
		}
		s.c.restPending = false
	}
	if s.c.deflates { // another server need not know MODE Z
		r, err := s.Command(ctx, "MODE S")
		if err == nil && !r.OK() {
			s.GiveUp()
			err = ReplyError("MODE S", "", r)
		}
		if err != nil {
			return nil, err
		}
		s.c.deflates = false
	}
	defer s.c.deadlines.Enter(ctx)()
	f := &FarTransfer{s: s, op: wire.Verb(line), command: &awaited{line: line}}
	return f, s.c.send(f.command)
}

// Started waits for the server to begin the transfer or to refuse it, and returns that reply. One
// that says that the transfer is done counts as both.
func (f *FarTransfer) Started(ctx context.Context) (Reply, error) {
	defer f.s.c.deadlines.Enter(ctx)()
	r, err := f.s.c.awaitStart(f.command)
	return r, f.s.c.broken(f.op, err)
}

// Ended waits for the final reply, for as long as limit. It reports false if that has not
// come yet.
func (f *FarTransfer) Ended(ctx context.Context, limit time.Duration) (Reply, bool, error) {
	defer f.s.c.deadlines.Enter(ctx)()
	if !f.command.answered() {
		if replied, err := f.s.c.replyWithin(limit); err != nil || !replied {
			if err != nil {
				f.s.GiveUp()
			}
			return Reply{}, false, f.s.c.broken(f.op, err)
		}
	}
	r, err := f.s.c.await(f.command)
	return r, err == nil, f.s.c.broken(f.op, err)
}

// ServerAddr returns the address of the server, as this machine reaches it.
func (s *Session) ServerAddr() netip.Addr { return socket.AddrOf(s.c.sock.RemoteAddr()) }

// Patience returns how long a wait without progress may last.
func (s *Session) Patience() time.Duration { return s.c.deadlines.Timeout }
