package ftp

import (
	"errors"
	"os"
	"time"
)

// replyWithin reports whether a reply begins to arrive within limit. It consumes
// nothing.
func (c *controlConn) replyWithin(limit time.Duration) (bool, error) {
	c.sock.limit.Store(int64(limit))
	defer c.sock.limit.Store(0)
	_, err := c.br.Peek(1)
	if errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.context().Err() == nil {
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
	c.sock.wakeReader()
	defer c.sock.limit.Store(0)
	err := <-peeked
	if errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.context().Err() == nil {
		return false, nil
	}
	return err == nil, err
}
