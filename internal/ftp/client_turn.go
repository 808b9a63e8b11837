package ftp

import "context"

// A Gate bounds how many sessions several clients have with one server. Its methods may be
// called from several goroutines.
type Gate interface {
	// Enter waits until one more session may be opened, or ctx ends.
	Enter(ctx context.Context) error
	// Opened says that it is open.
	Opened()
	// Left says that a session which was let in is closed.
	Left()
	// Failed says that it was not opened, and why. It reports whether that is about the sessions
	// of others, so that it is worth waiting for one of them to end.
	Failed(ctx context.Context, err error) bool
}

// LoginInTurn is [Client.Login], but waits for [Options.Gate].
func (c *Client) LoginInTurn(ctx context.Context) (*Session, error) {
	gate := c.o.Gate
	if gate == nil {
		return c.Login(ctx)
	}
	for {
		if err := gate.Enter(ctx); err != nil {
			return nil, err
		}
		s, err := c.Login(ctx)
		if err == nil {
			gate.Opened()
			s.left = gate.Left
			return s, nil
		}
		if !gate.Failed(ctx, err) {
			return nil, err
		}
	}
}
