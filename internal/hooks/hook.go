package hooks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The time limits where a hook names none.
const (
	CommandTime = 5 * time.Minute
	RequestTime = 30 * time.Second
)

// ErrTimeout is wrapped by the error of a hook that was ended because it took
// longer than it may.
var ErrTimeout = errors.New("it took too long")

// A Hook is a command of the shell or a URL.
type Hook struct {
	// Do is a command for the shell, or the URL that a request goes to: see
	// [IsURL].
	Do string
	// Timeout bounds the whole of it; 0: [CommandTime] or [RequestTime].
	Timeout time.Duration
	// Dir is the working directory of a command; "": that of this process.
	Dir string
	// Environ is the environment of a command, to which the fields of the event are
	// added. Nil is an empty one.
	Environ []string
	// Out is told each line that a command prints, from one goroutine at a time;
	// nil: nobody is.
	Out func(line string)
}

// IsURL reports whether a hook is a URL, and not a command: it starts with
// http:// or https://.
func IsURL(do string) bool {
	scheme, _, found := strings.Cut(do, "://")
	return found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// Run runs the hook and waits for its end. An error says why it did not succeed:
// it could not be started, exited with another status than 0, was answered with
// another status than 2xx, or was ended, after its time ([ErrTimeout]) or when
// ctx was cancelled. No error holds the command, a password, or more of a URL
// than its scheme and host.
func (h Hook) Run(ctx context.Context, ev Event) error {
	run, limit := h.command, CommandTime
	if IsURL(h.Do) {
		run, limit = h.request, RequestTime
	}
	if h.Timeout > 0 {
		limit = h.Timeout
	}
	timed, cancel := context.WithTimeoutCause(ctx, limit, ErrTimeout)
	defer cancel()
	err := run(timed, ev)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(context.Cause(timed), ErrTimeout):
		return fmt.Errorf("ended after %s: %w", limit, ErrTimeout)
	}
	return err
}
