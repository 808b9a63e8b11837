package remote

import "context"

// gather opens all other sessions that there may be while the first one finds out
// what else there is to know of the server, which settled ends: they are of use
// where that went well. Nothing is said of those that cannot be had.
func (p *pool) gather(ctx context.Context, f *features) (settled func(well bool)) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	well, known := false, make(chan struct{})
	p.mu.Lock()
	p.scatter = cancel
	n := max(min(p.limit, p.most)-p.open, 0)
	if p.closed {
		n = 0
	}
	p.open += n
	p.mu.Unlock()
	for range n {
		p.gathering.Go(func() {
			err := p.pace(ctx)
			var s *session
			if err == nil {
				s, err = p.openSession(ctx, f)
			}
			<-known
			if err == nil && well {
				p.giveBack(s)
				return
			}
			if s != nil {
				s.c.abort()
			}
			p.mu.Lock()
			p.open--
			others := p.open
			p.wake()
			p.mu.Unlock()
			if err != nil && ctx.Err() == nil {
				attempt := p.o.Retries
				_ = p.refused(ctx, err, others, false, &attempt)
			}
		})
	}
	return func(went bool) {
		well = went
		if !well {
			cancel()
		}
		close(known)
		if !well {
			p.gathering.Wait()
		}
	}
}
