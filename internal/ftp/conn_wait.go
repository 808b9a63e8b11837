package ftp

import (
	"errors"
	"fmt"
	"os"
	"time"

	"ferry/internal/ftp/wire"
)

// readInTime reads one reply. It must begin within the timeout, and be complete a timeout
// later at most: bytes that trickle in do not keep the wait alive. The greeting has to
// come within one timeout, whatever comes before it.
func (c *controlConn) readInTime() (Reply, error) {
	defer c.sock.LiftEnd()
	c.sock.EndBy(c.replyEnd())
	_, err := c.br.Peek(1)
	if err != nil {
		return Reply{}, err
	}
	c.sock.EndBy(c.replyEnd())
	if !c.greetBy.IsZero() {
		if err := c.checkService(); err != nil {
			return Reply{}, err
		}
	}
	r, err := wire.ReadReply(c.br)
	r.Text = c.decode(r.Text)
	if errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.Context().Err() == nil {
		err = &timeoutError{fmt.Sprintf("the server began a reply and did not end it for %v", c.deadlines.Timeout)}
	}
	return r, err
}

// replyEnd returns when what is read now must have come.
func (c *controlConn) replyEnd() time.Time {
	if !c.greetBy.IsZero() {
		return c.greetBy
	}
	return time.Now().Add(c.deadlines.Timeout)
}

// replyWithin reports whether a reply begins to arrive within limit. It consumes
// nothing.
func (c *controlConn) replyWithin(limit time.Duration) (bool, error) {
	c.sock.LimitWaits(limit)
	defer c.sock.LimitWaits(0)
	_, err := c.br.Peek(1)
	if errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.Context().Err() == nil {
		return false, nil
	}
	return err == nil, err
}

// repliesBefore waits until a reply begins to arrive or done is closed, and reports
// whether it was the reply. It consumes nothing.
func (c *controlConn) repliesBefore(done <-chan struct{}) (bool, error) {
	peeked := make(chan error, 1)
	go func() {
		_, err := c.br.Peek(1)
		peeked <- err
	}()
	select {
	case err := <-peeked:
		return err == nil, err
	case <-done:
	}
	c.sock.WakeReader()
	defer c.sock.LimitWaits(0)
	err := <-peeked
	if errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.Context().Err() == nil {
		return false, nil
	}
	return err == nil, err
}
