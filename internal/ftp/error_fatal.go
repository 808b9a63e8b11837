package ftp

import (
	"context"
	"errors"

	"ferry/internal/ftp/datamode"
)

// ErrFatal is wrapped by errors after which there is no use in another attempt: the
// server cannot be reached, refuses the login, or lacks what is needed.
var ErrFatal = errors.New("the server cannot be used")

// A fatalError has the text of its cause and wraps [ErrFatal] as well.
type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }

func (e *fatalError) Unwrap() []error { return []error{e.err, ErrFatal} }

// Fatal makes err wrap [ErrFatal].
func Fatal(err error) error {
	if err == nil || errors.Is(err, ErrFatal) {
		return err
	}
	return &fatalError{err}
}

// Retryable reports whether the same operation may work in a moment or on another
// session.
func Retryable(err error) bool {
	if errors.Is(err, ErrFatal) || errors.Is(err, context.Canceled) {
		return false
	}
	class, ok := ClassOf(err)
	return ok && (class == Retry || class == Busy)
}

// IsFinal reports whether err is a reply of the server that another attempt would not
// change.
func IsFinal(err error) bool {
	class, ok := ClassOf(err)
	return ok && class != Retry && class != Busy
}

// IsModeTrial reports whether err is the loss of a session while a data mode was
// tried, and other modes are left to try.
func IsModeTrial(err error) bool {
	var m *datamode.Error
	return errors.As(err, &m) && !errors.Is(err, ErrFatal)
}
