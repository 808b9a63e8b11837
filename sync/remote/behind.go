package remote

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
func (c *control) settle() error {
	t := c.behind
	c.behind = nil
	for t.final.code == 0 {
		r, err := c.read()
		if err != nil {
			t.err = c.broken(verbOf(t.line), err)
			return err
		}
		if !r.preliminary() {
			t.final = r
		}
	}
	t.data.release()
	if c.dead || c.owed == 0 || t.final.code == 226 {
		return nil
	}
	c.dead = true
	err := error(&Error{Op: t.op, Path: t.path, Class: Retry, Code: t.final.code, Reply: printable(t.final.text)})
	switch {
	case t.final.code == 250:
		err = fmt.Errorf("%w: %w", errOvertaken, err)
	case t.final.code/100 != 4:
		err = fmt.Errorf("%w: %w", errOutOfStep, err)
	}
	t.err = err
	return err
}

// errOvertaken means that a reply to CWD or MLST may have come before the final
// reply to the transfer before: both may be 250 (RFC 959, section 5.4).
var errOvertaken = errors.New("the final reply to a transfer may be that to the next command")

// seenBehind says in what is remembered of a server whether the final reply to a
// transfer can be told from the replies to what goes out behind it.
const seenBehind = "behind"

// pass hands out the replies to what goes before the commands of t. Nothing may be
// concluded from them before t has begun.
func (c *control) pass(t *transfer) error {
	if c.behind != nil {
		if err := c.settle(); err != nil {
			return err
		}
	}
	if err := c.shed(); err != nil {
		return c.broken(verbOf(t.line), err)
	}
	for i, line := range t.ahead.lines {
		r, err := c.answerTo(line)
		if err != nil {
			return err
		}
		if t.ahead.listen[i] != nil {
			t.ahead.listen[i](r)
		}
	}
	t.ahead = script{}
	return nil
}

// answerTo reads the reply to line, which goes before a transfer. One that cannot
// be that costs the session.
func (c *control) answerTo(line string) (reply, error) {
	r, err := c.final()
	switch {
	case err != nil:
		return r, c.broken(verbOf(line), err)
	case c.dead:
		return r, replyError(verbOf(line), "", r)
	case !fits(line, r):
		c.dead = true
		return r, misfit(line, r)
	}
	return r, nil
}

// begun tells what waits for the replies before t that they are what they seem to
// be: the server has begun with t, which it says by a reply that nothing before t
// gets. One reply too many would have been found out by then.
func (t *transfer) begun() {
	if t.passed != nil {
		t.passed()
		t.passed = nil
	}
}

// overlaps reports whether commands may go out before the final reply to the
// download before. pyftpdlib waits, under TLS, for our end of the data connection,
// and takes no command that opens another one until then.
func (s *session) overlaps() bool {
	return !s.oneByOne() && !(s.f.pyftpdlib && s.c.tls != nil) && !unseen(s.f, seenBehind)
}

// catchUp reads the final reply to the download before, if it is still to come.
func (s *session) catchUp(ctx context.Context) error {
	if s.c.behind == nil {
		return nil
	}
	defer s.c.watch.enter(ctx)()
	return s.c.settle()
}
