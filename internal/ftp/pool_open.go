package ftp

import "context"

// Open opens a session that does not belong to the pool: it does not count towards
// [Options.Connections], and the caller ends it with [Session.Close]. f is what the server
// can do, nil where that is not known yet; then [Session.Features] tells afterwards. It
// tries once. With a known f it may be called from several goroutines.
func (p *Pool) Open(ctx context.Context, f *Features) (*Session, error) {
	s, err := p.openSession(ctx, f)
	if err != nil && f == nil {
		p.firstLoginFailed(err)
	}
	if err == nil && f == nil {
		if _, err = s.learnTelnet(ctx); err != nil {
			s.c.abort()
			return nil, err
		}
	}
	return s, err
}

// PreferMode notes that a data connection was opened in mode m. All sessions try it first.
func (p *Pool) PreferMode(m DataMode) { p.modes.Worked(m) }

// Remember writes down f, which was found out on sessions of [Pool.Open], for later runs.
func (p *Pool) Remember(f *Features) {
	p.mu.Lock()
	p.f = f
	p.mu.Unlock()
	p.remember()
}
