package ftp

import (
	"errors"
	"os"
	"time"
)

// awaits waits up to limit for the first byte of a reply, and consumes nothing.
// Without one it returns false.
func (c *controlConn) replyWithin(limit time.Duration) (bool, error) {
	c.sock.limit.Store(int64(limit))
	defer c.sock.limit.Store(0)
	_, err := c.br.Peek(1)
	if errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.context().Err() == nil {
		return false, nil
	}
	return err == nil, err
}

// repliesBefore waits for the first byte of a reply or for done, and consumes
// nothing. It reports whether a reply has come.
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
