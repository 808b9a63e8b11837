package ftp

import "ferry/internal/ftp/socket"

// A plainError says in plain words what err means, and wraps it.
type plainError struct {
	text string
	err  error
}

func (e *plainError) Error() string { return e.text }
func (e *plainError) Unwrap() error { return e.err }

// InPlainWords returns what err says, with errors of the network in plain words: without
// "dial tcp", addresses and ports.
func InPlainWords(err error) string { return socket.InPlainWords(err) }
