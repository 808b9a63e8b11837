package cli

import (
	"context"
	"errors"
	"slices"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// The exit codes, as scripts know them.
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitIncomplete  = 3
	ExitConnect     = 4
	ExitConflicts   = 5
	ExitUnsafe      = 6
	ExitLocked      = 7
	ExitHook        = 8
	ExitPending     = 10
	ExitInterrupted = 130
)

// severity is the order in which codes win over one another where several
// profiles ran, worst first.
var severity = []int{
	ExitInterrupted, ExitUsage, ExitUnsafe, ExitFailed, ExitConnect, ExitLocked,
	ExitHook, ExitIncomplete, ExitConflicts, ExitPending, ExitOK,
}

// worse returns the code of the two that wins.
func worse(a, b int) int {
	if slices.Index(severity, b) < slices.Index(severity, a) {
		return b
	}
	return a
}

// errorCode returns the exit code for an error that ended a command or a pass.
func errorCode(err error) int {
	var coded *codeError
	var unsafe *sync.UnsafeError
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		return ExitInterrupted
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &unsafe):
		return ExitUnsafe
	case errors.Is(err, manifest.ErrLocked), errors.Is(err, sync.ErrHeld):
		return ExitLocked
	case lostServer(err):
		return ExitConnect
	}
	return ExitFailed
}

// lostServer reports whether err says that nobody answers at the server or that
// it does not let us in.
func lostServer(err error) bool {
	class, ok := ftp.ClassOf(err)
	return ok && (class == ftp.Connect || class == ftp.Login || class == ftp.Busy)
}

// summaryCode returns the exit code of a pass that came to its end. What failed
// or could not be looked at counts more than conflicts, which wait safely.
func summaryCode(s sync.Summary) int {
	switch {
	case s.Failed > 0 || s.Problems > 0:
		return ExitIncomplete
	case s.Conflicts > 0 && !s.DryRun:
		return ExitConflicts
	}
	return ExitOK
}

// endCode returns the exit code of a pass that ended with err, or came to its
// end. A hook that failed afterwards counts beside what the pass did.
func endCode(s sync.Summary, err error) int {
	switch {
	case err == nil:
		return summaryCode(s)
	case isLate(err):
		return worse(summaryCode(s), errorCode(err))
	}
	return errorCode(err)
}

// connecting marks an error of opening the server's side: whatever it was that
// stood in the way, we did not get in.
func connecting(err error) error {
	if err == nil || errorCode(err) != ExitFailed {
		return err
	}
	return &codeError{code: ExitConnect, err: err}
}

// A codeError is an error that brings its exit code, and a hint with the way
// out, which may be empty. A nil err ends the program with the code and without
// a word, after a report has said everything.
type codeError struct {
	code int
	err  error
	hint string
}

func (e *codeError) Error() string {
	if e.err == nil {
		return "exit " + itoa(e.code)
	}
	return e.err.Error()
}

func (e *codeError) Unwrap() error { return e.err }

// usage returns an error about what was typed or configured.
func usage(err error, hint string) error {
	return &codeError{code: ExitUsage, err: err, hint: hint}
}

// exit returns the error that ends the program with code and without a word, or
// nil for [ExitOK].
func exit(code int) error {
	if code == ExitOK {
		return nil
	}
	return &codeError{code: code}
}

// said reports whether err is one of [exit], behind which nothing is left to say.
func said(err error) bool {
	var coded *codeError
	return errors.As(err, &coded) && coded.err == nil
}
