package watch

import (
	"errors"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A failureKind says how a pair is retried after an error.
type failureKind uint8

const (
	noFailure    failureKind = iota
	unreachable              // the server, the network or a side is not available
	loginRefused             // the server refused the login
	locked                   // somebody else works on the pair
	unsafePass               // a rail: it needs the user, or a disk that is mounted again
)

// A failure is why a pair waits or is halted.
type failure struct {
	kind         failureKind
	reason, hint string
	keepOpen     bool      // the session can be used again
	halted       bool      // the user has to do something
	retryAt      time.Time // see [Options.RetryAt]
}

// classify returns what an error of a pass or of Options.Open means.
func (o *Options) classify(err error) failure {
	var rail *sync.UnsafeError
	f := failure{kind: unreachable, reason: err.Error(), halted: o.Halts != nil && o.Halts(err)}
	switch {
	case errors.As(err, &rail):
		f.kind, f.hint, f.halted = unsafePass, rail.Hint, true
	case o.LoginRefused != nil && o.LoginRefused(err):
		f.kind = loginRefused
		f.hint = "check the user name and the password; the next try is minutes away, because servers lock out clients that try too often"
	case f.halted:
		f.kind = unsafePass
	case errors.Is(err, sync.ErrHeld):
		f.kind, f.keepOpen = locked, true
	case errors.Is(err, manifest.ErrLocked):
		f.kind = locked
	}
	if o.RetryAt != nil {
		f.retryAt = o.RetryAt(err)
	}
	if o.Explain != nil {
		reason, hint := o.Explain(err)
		if reason != "" {
			f.reason = reason
		}
		if hint != "" {
			f.hint = hint
		}
	}
	return f
}

// A failureCount counts failures in a row.
type failureCount struct {
	kind   failureKind
	tries  int // that failed with this kind
	logins int // refused since the last login that succeeded
}

// delay counts one more failure of a kind, and returns how long to wait after it.
// unsafeDelay is the delay for an unsafe pass.
func (c *failureCount) delay(kind failureKind, unsafeDelay time.Duration, jitter float64) time.Duration {
	if kind != c.kind {
		c.kind, c.tries = kind, 0
	}
	c.tries++
	switch kind {
	case unsafePass:
		return unsafeDelay
	case loginRefused:
		c.logins++
		return loginBackoff.delay(c.logins, jitter)
	}
	return unreachableBackoff.delay(c.tries, jitter)
}
