package ftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// A timeoutError is a wait that lasted too long.
type timeoutError struct{ what string }

func (e *timeoutError) Error() string { return e.what }

func (e *timeoutError) Timeout() bool { return true }

// broken returns the error for err, which happened on the connection during op, nil
// for nil. Where the context was cancelled it wraps the cause of that.
func (c *controlConn) broken(op string, err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case c.deadlines.Context().Err() != nil:
		return fmt.Errorf("%s: %w", op, context.Cause(c.deadlines.Context()))
	case errors.As(err, &e):
		return err
	case errors.Is(err, errGoodbye):
		return ReplyError(op, "", c.last)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Error{Op: op, Class: Retry, Err: &timeoutError{fmt.Sprintf("no answer for %v", c.deadlines.Timeout)},
			Hint: "the server, or something on the way to it, stopped answering"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return &Error{Op: op, Class: Retry, Err: &plainError{"the server closed the connection", err}}
	}
	return &Error{Op: op, Class: Retry, Err: err}
}

// isTimeout reports whether a wait of ours lasted too long; a deadline of the context
// does not count.
func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout() && !errors.Is(err, context.DeadlineExceeded)
}
