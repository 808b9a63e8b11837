package ftp

import (
	"context"
	"errors"
	"fmt"
)

// This file is about what goes out while the final reply to a download or a
// listing is still on its way. The server has closed its end of the data
// connection, so the transfer is over, and the reply only says how it went. Some
// servers (vsftpd, ProFTPD) send it when they have seen our end closed as well:
// waiting for it would cost a round trip.

// settle reads the final reply of the transfer that is over. Where the server is
// not content, or what came cannot be that reply, and commands went out behind
// it, nobody can tell whose replies the next ones are.
func (c *controlConn) finishOverlapped() error {
	t := c.overlapped
	c.overlapped = nil
	for t.Final.Code == 0 {
		r, err := c.read()
		if err != nil {
			t.Err = c.broken(verbOf(t.Line), err)
			return err
		}
		if !r.Preliminary() {
			t.Final = r
		}
	}
	t.data.release()
	if c.dead || c.owed == 0 || t.Final.Code == 226 {
		return nil
	}
	c.dead = true
	err := error(&Error{Op: t.Op, Path: t.Path, Class: Retry, Code: t.Final.Code, Reply: Printable(t.Final.Text)})
	switch {
	case t.Final.Code == 250:
		err = fmt.Errorf("%w: %w", errOverlapUnclear, err)
	case t.Final.Code/100 != 4:
		err = fmt.Errorf("%w: %w", errOutOfStep, err)
	}
	t.Err = err
	return err
}

// errOvertaken means that a reply to CWD or MLST may have come before the final
// reply to the transfer before: both may be 250 (RFC 959, section 5.4).
var errOverlapUnclear = errors.New("the final reply to a transfer may be that to the next command")

// pass hands out the replies to what goes before the commands of t. Nothing may be
// concluded from them before t has begun.
func (c *controlConn) readBefore(t *Transfer) error {
	if c.overlapped != nil {
		if err := c.finishOverlapped(); err != nil {
			return err
		}
	}
	if err := c.shed(); err != nil {
		return c.broken(verbOf(t.Line), err)
	}
	for i, line := range t.Before.lines {
		r, err := c.answerTo(line)
		if err != nil {
			return err
		}
		if t.Before.deliver[i] != nil {
			t.Before.deliver[i](r)
		}
	}
	t.Before = Batch{}
	return nil
}

// answerTo reads the reply to line, which goes before a transfer. One that cannot
// be that costs the session.
func (c *controlConn) answerTo(line string) (Reply, error) {
	r, err := c.final()
	switch {
	case err != nil:
		return r, c.broken(verbOf(line), err)
	case c.dead:
		return r, ReplyError(verbOf(line), "", r)
	case !fits(line, r):
		c.dead = true
		return r, misfit(line, r)
	}
	return r, nil
}

// begun tells what waits for the replies before t that they are what they seem to
// be: the server has begun with t, which it says by a reply that nothing before t
// gets. One reply too many would have been found out by then.
func (t *Transfer) nowBegun() {
	if t.Begun != nil {
		t.Begun()
		t.Begun = nil
	}
}

// overlaps reports whether commands may go out before the final reply to the
// download before.
func (s *Session) Overlaps() bool {
	return !s.serial() && !(s.c.tls != nil && s.features.Has(WaitsForTLSClose)) && s.features.Has(OverlapIsClear)
}

// catchUp reads the final reply to the download before, if it is still to come.
func (s *Session) CatchUp(ctx context.Context) error {
	if s.c.overlapped == nil {
		return nil
	}
	defer s.c.watch.enter(ctx)()
	return s.c.finishOverlapped()
}
