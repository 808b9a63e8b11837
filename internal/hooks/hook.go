package hooks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The default timeouts.
const (
	CommandTimeout = 5 * time.Minute
	RequestTimeout = 30 * time.Second
)

// ErrTimeout is wrapped by the error of a hook that exceeded its timeout.
var ErrTimeout = errors.New("it took too long")

// A Hook is a shell command or a URL.
type Hook struct {
	// Do is a shell command, or the URL for a request, see [IsURL].
	Do string
	// Timeout is for the whole hook; 0: [CommandTimeout] or [RequestTimeout].
	Timeout time.Duration
	// Dir is the working directory of a command; "": that of this process.
	Dir string
	// Environ is the environment of a command. The fields of the event are added to
	// it. Nil is an empty environment.
	Environ []string
	// Out is called with each line that a command prints, from one goroutine at a
	// time. It may be nil.
	Out func(line string)
}

// IsURL reports whether a hook is a URL and not a command: whether it starts with
// http:// or https://.
func IsURL(do string) bool {
	scheme, _, found := strings.Cut(do, "://")
	return found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// Run runs the hook and waits for it to end. It returns an error if the hook could not
// be started, if the command did not exit with 0 or the request was not answered with
// 2xx, if the timeout was exceeded ([ErrTimeout]), or if ctx was cancelled. No error
// contains the command, a password, or more of a URL than its scheme and host.
func (h Hook) Run(ctx context.Context, ev Event) error {
	run, limit := h.command, CommandTimeout
	if IsURL(h.Do) {
		run, limit = h.request, RequestTimeout
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
