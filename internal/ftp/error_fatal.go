package ftp

import (
	"context"
	"errors"
)

// ErrFatal is wrapped by errors after which the server is of no more use: it
// cannot be reached, refuses the login, or lacks what is needed.
var ErrFatal = errors.New("the server cannot be used")

// A fatalError reads as its cause and is also [ErrFatal].
type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }

func (e *fatalError) Unwrap() []error { return []error{e.err, ErrFatal} }

func fatal(err error) error {
	if err == nil || errors.Is(err, ErrFatal) {
		return err
	}
	return &fatalError{err}
}

// retryable reports whether the same may work in a moment or on another
// session.
func Retryable(err error) bool {
	if errors.Is(err, ErrFatal) || errors.Is(err, context.Canceled) {
		return false
	}
	class, ok := ClassOf(err)
	return ok && (class == Retry || class == Busy)
}

// isModeTrial reports whether err is a session lost to the trial of a data mode
// that does not work; others are left.
func isModeTrial(err error) bool {
	var m *modeError
	return errors.As(err, &m) && !errors.Is(err, ErrFatal)
}
