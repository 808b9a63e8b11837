package app

import (
	"context"
	"errors"
	"slices"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// The exit codes: what scripts, hooks and other processes are told about the end of
// a command or a pass.
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
	ExitSuperseded  = 9
	ExitPending     = 10
	ExitInterrupted = 130
)

// severity is the order in which codes win over one another, worst first.
var severity = []int{
	ExitInterrupted, ExitUsage, ExitUnsafe, ExitFailed, ExitConnect, ExitLocked,
	ExitHook, ExitSuperseded, ExitIncomplete, ExitConflicts, ExitPending, ExitOK,
}

// Worse returns the code of the two that counts where several profiles ran.
func Worse(a, b int) int {
	if slices.Index(severity, b) < slices.Index(severity, a) {
		return b
	}
	return a
}

// ExitCode returns the exit code for an error that ended a command or a pass.
func ExitCode(err error) int {
	var coded *Error
	var unsafe *sync.UnsafeError
	var nowhere *sync.NothingThereError
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, ErrInterrupted), errors.Is(err, context.Canceled):
		return ExitInterrupted
	case errors.As(err, &coded):
		return coded.Code
	case errors.As(err, &unsafe) && unsafe.Usage:
		return ExitUsage
	case errors.As(err, &unsafe):
		return ExitUnsafe
	case errors.As(err, &nowhere):
		return ExitUsage
	case errors.Is(err, manifest.ErrLocked), errors.Is(err, sync.ErrHeld):
		return ExitLocked
	case unreachable(err):
		return ExitConnect
	}
	return ExitFailed
}

// unreachable reports whether err says that nobody answers at the server or that it
// does not let us in.
func unreachable(err error) bool {
	class, ok := ftp.ClassOf(err)
	return ok && (class == ftp.Connect || class == ftp.Login || class == ftp.Busy)
}

// summaryCode returns the exit code of a pass that came to its end. What failed or
// could not be read counts more than conflicts, which wait safely.
func summaryCode(s sync.Summary) int {
	switch {
	case s.Failed > 0 || s.Problems > 0:
		return ExitIncomplete
	case s.Conflicts > 0 && !s.DryRun:
		return ExitConflicts
	}
	return ExitOK
}

// PassCode returns the exit code of a pass that ended with err, or came to its end
// where err is nil. A hook that failed afterwards counts beside what the pass did.
func PassCode(s sync.Summary, err error) int {
	switch {
	case err == nil:
		return summaryCode(s)
	case AfterPass(err):
		return Worse(summaryCode(s), ExitCode(err))
	}
	return ExitCode(err)
}
