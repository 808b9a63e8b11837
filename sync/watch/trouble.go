package watch

import (
	"errors"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// troubleKind says how a pair goes on after an error.
type troubleKind uint8

const (
	none    troubleKind = iota
	away                // the server, the network or a side cannot be had now
	refused             // the server does not let us in
	held                // somebody else is at work on the pair
	unsafe              // a rail: needs a human, or a disk that comes back
)

// A trouble is why a pair waits or is halted.
type trouble struct {
	kind         troubleKind
	reason, hint string
	keeps        bool // the sides may stay connected
	halts        bool // somebody has to do something
}

// troubleOf says what an error of a pass or of Options.Open means.
func (o *Options) troubleOf(err error) trouble {
	var rail *sync.UnsafeError
	t := trouble{kind: away, reason: err.Error(), halts: o.Halts != nil && o.Halts(err)}
	switch {
	case errors.As(err, &rail):
		t.kind, t.hint, t.halts = unsafe, rail.Hint, true
	case o.Refused != nil && o.Refused(err):
		t.kind = refused
		t.hint = "look at the user and the password; servers lock out who tries too often, so the next try is minutes away"
	case t.halts:
		t.kind = unsafe
	case errors.Is(err, sync.ErrHeld):
		t.kind, t.keeps = held, true
	case errors.Is(err, manifest.ErrLocked):
		t.kind = held
	}
	if o.Explain != nil {
		reason, hint := o.Explain(err)
		if reason != "" {
			t.reason = reason
		}
		if hint != "" {
			t.hint = hint
		}
	}
	return t
}

// A patience remembers how often something failed in a row, and says how long
// to wait.
type patience struct {
	kind     troubleKind
	tries    int // of this kind
	refusals int // logins refused since one went well
}

// after returns the pause after one more failure of kind; unsafe is how long
// that of a rail is.
func (p *patience) after(kind troubleKind, unsafePause time.Duration, jitter float64) time.Duration {
	if kind != p.kind {
		p.kind, p.tries = kind, 0
	}
	p.tries++
	switch kind {
	case unsafe:
		return unsafePause
	case refused:
		p.refusals++
		return refusedPauses.after(p.refusals, jitter)
	}
	return awayPauses.after(p.tries, jitter)
}
