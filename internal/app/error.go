package app

import (
	"errors"
	"fmt"
	"strings"

	"ferry/internal/config"
	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// An Error is an error with its exit code, and a hint with the way out, which may be
// empty.
type Error struct {
	Code int
	Err  error
	Hint string
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e *Error) Unwrap() error { return e.Err }

// Usage returns an error about what was typed or configured.
func Usage(err error, hint string) error { return &Error{Code: ExitUsage, Err: err, Hint: hint} }

func failed(err error, hint string) error { return &Error{Code: ExitFailed, Err: err, Hint: hint} }

// notDirectory is the error where something else is in the place of a directory.
func notDirectory(where string, kind manifest.Kind) error {
	return Usage(fmt.Errorf("%s is not a directory but a %s", where, kind), "name the directory itself, and not a file in it or in its place")
}

// ErrInterrupted is the cause of a context that a signal cancelled.
var ErrInterrupted = errors.New("interrupted")

// Interrupted returns what an interrupted run ends with, in place of whatever its
// parts returned when their context ended.
func Interrupted() error {
	return &Error{
		Code: ExitInterrupted,
		Err:  errors.New("interrupted: what was finished is recorded, the rest is as it was"),
		Hint: "run the same command again to go on",
	}
}

// waitHint is the way out where another run holds a pair.
const waitHint = "wait for it to end, and run this again; sync, push and pull wait by themselves with --wait"

// Hint returns the way out of an error, "" where none is known.
func Hint(err error) string {
	var coded *Error
	var unsafe *sync.UnsafeError
	var server *ftp.Error
	var nowhere *sync.NothingThereError
	var missing *sync.MissingRootError
	switch {
	case errors.As(err, &coded) && coded.Hint != "":
		return coded.Hint
	case errors.As(err, &unsafe):
		return unsafe.Hint
	case errors.As(err, &missing):
		return missing.Hint
	case errors.As(err, &nowhere) && strings.ContainsAny(string(nowhere.Path), `\*?[`):
		return "--only takes a path with slashes, as css/ or index.html, and no patterns"
	case nowhere != nil:
		return "--only takes paths below the root, as css/ or index.html; \"ferry ignored PATH\" says whether a pattern leaves a path out"
	case errors.Is(err, manifest.ErrLocked), errors.Is(err, sync.ErrHeld):
		return waitHint
	case errors.As(err, new(*sync.TooManyEntriesError)):
		return "if so many are meant, raise max-entries: in the profile, or --max-entries of a pass; otherwise ignore what is not to be synced"
	case errors.Is(err, sync.ErrFull):
		return "make room there and run ferry again: it goes on where it stopped"
	case errors.As(err, &server) && server.Hint != "":
		return server.Hint
	case errors.As(err, &server) && server.Class == ftp.Connect:
		return "is the address right, and the server running? \"ferry check\" tries each step"
	case errors.As(err, &server) && server.Class == ftp.Busy:
		return "others hold all connections that the server allows, such as a watch of yours: wait, or end one of them"
	case errors.As(err, &server) && server.Class == ftp.Login && server.Code != 0 && server.Op != "login":
		return "the user is logged in, and the server does not allow this: does the account have the rights for it?"
	case errors.As(err, &server) && server.Class == ftp.Login:
		return "check the user and the password; FERRY_PASSWORD sets one for pairs that name none"
	}
	return config.Hint(err)
}
