package ftp

import "context"

// Wanted reports whether somebody waits in [Pool.Borrow].
func (p *Pool) Wanted() bool { return p.waiting.Load() > 0 }

// Spare lends a session that nobody else wants, nil where there is none. It may open one, and
// tries that once.
func (p *Pool) Spare(ctx context.Context) (*Session, error) {
	if p.Wanted() {
		return nil, nil
	}
	s, _, err := p.take()
	switch {
	case err != nil || s == nil:
		return nil, err
	case s.c == nil:
		attempt := p.o.Retries
		return p.connect(ctx, &attempt)
	case !p.isAlive(ctx, s):
		p.drop(s)
		return nil, nil
	}
	return s, nil
}
