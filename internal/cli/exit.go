package cli

import (
	"errors"
	"strconv"

	"ferry/internal/app"
)

// The exit codes, as scripts know them.
const (
	ExitOK          = app.ExitOK
	ExitFailed      = app.ExitFailed
	ExitUsage       = app.ExitUsage
	ExitIncomplete  = app.ExitIncomplete
	ExitConnect     = app.ExitConnect
	ExitConflicts   = app.ExitConflicts
	ExitUnsafe      = app.ExitUnsafe
	ExitLocked      = app.ExitLocked
	ExitHook        = app.ExitHook
	ExitSuperseded  = app.ExitSuperseded
	ExitPending     = app.ExitPending
	ExitInterrupted = app.ExitInterrupted
)

// An exitStatus ends the program with a code and without a word, after a report has
// said everything.
type exitStatus int

func (s exitStatus) Error() string { return "exit " + strconv.Itoa(int(s)) }

// exit returns the error that ends the program with code and without a word, or nil
// for [ExitOK].
func exit(code int) error {
	if code == ExitOK {
		return nil
	}
	return exitStatus(code)
}

// said reports whether err is one of [exit], so that nothing is left to say.
func said(err error) bool {
	var status exitStatus
	return errors.As(err, &status)
}

// exitCode returns the exit code for an error that ended a command.
func exitCode(err error) int {
	var status exitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	return app.ExitCode(err)
}

// failed returns an error with the way out.
func failed(err error, hint string) error {
	return &app.Error{Code: ExitFailed, Err: err, Hint: hint}
}
