package remote

import "context"

// warm opens sessions in the background, as many as there may be, for much work
// that is about to come. Nothing is said of those that cannot be had: who needs
// one finds out.
func (d *Directory) warm(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cool != nil {
		return
	}
	ctx, d.cool = context.WithCancel(context.WithoutCancel(ctx))
	for range d.opts.Connections - 1 {
		d.warming.Go(func() { d.pool.grow(ctx) })
	}
}

// grow opens one more session, if there may be one more, and lays it by. It tries
// once.
func (p *pool) grow(ctx context.Context) {
	p.mu.Lock()
	may := !p.closed && p.lost == nil && p.f != nil && p.open < p.limit
	if may {
		p.open++
	}
	p.mu.Unlock()
	if !may {
		return
	}
	attempt := max(p.o.Retries, 0)
	if s, err := p.connect(ctx, &attempt); err == nil && s != nil {
		p.giveBack(s)
	}
}
