package ftp

import (
	"context"

	"ferry/internal/ftp/listing"
)

// Login opens a session, which the caller ends with [Session.Close]. It tries once. The
// first login finds out what the server can do, and no other one may run beside it;
// [Client.Features] tells whether it is over.
func (c *Client) Login(ctx context.Context) (*Session, error) {
	if f := c.Features(); f != nil {
		return c.openSession(ctx, f)
	}
	s, err := c.openSession(ctx, nil)
	if err != nil {
		c.firstLoginFailed(err)
		return nil, err
	}
	if err := c.findOut(ctx, s); err != nil {
		s.c.abort()
		return nil, err
	}
	s.features.remember = func(*Features) { c.remember() }
	restorePipelined(c.modes, s.features, c.o)
	c.mu.Lock()
	c.f, c.tlsVersion = s.features, versionOf(s)
	c.mu.Unlock()
	c.remember()
	return s, nil
}

// findOut finds out on the first session what the server can do, or takes that from memory.
func (c *Client) findOut(ctx context.Context, s *Session) error {
	switch restored := s.features.restore(c.known); {
	case restored && c.o.ListFormat == listing.Auto:
	case c.o.NoListing, c.o.ProbeLater && s.features.mlst && c.o.ListFormat == listing.Auto:
		s.features.unsure = s.features.unsure || !restored
	default:
		if err := s.Probe(ctx); err != nil {
			return err
		}
	}
	return s.learnTelnet(ctx)
}

// firstLoginFailed has the next login go step by step, if the failure can lie in how it was
// sent. That login then shows what is wrong.
func (c *Client) firstLoginFailed(err error) {
	if class, _ := ClassOf(err); class != Connect && class != Busy {
		c.known = Capabilities{Mode: c.known.Mode, Seen: map[Quirk]bool{AnswersInOrder: false}}
	}
}

// Open opens a session for whoever finds out what the server can do: f is what is known of
// that, nil for nothing; then [Session.Features] tells afterwards. The caller ends it with
// [Session.Close]. Open tries once. With a known f it may be called from several
// goroutines.
func (c *Client) Open(ctx context.Context, f *Features) (*Session, error) {
	s, err := c.openSession(ctx, f)
	if err != nil && f == nil {
		c.firstLoginFailed(err)
	}
	if err == nil && f == nil {
		if err = s.learnTelnet(ctx); err != nil {
			s.c.abort()
			return nil, err
		}
	}
	return s, err
}
