package ftp

import (
	"context"
	stdsync "sync"
	"sync/atomic"
	"time"
)

// A watch ends the waits of one session: those that last longer than the
// timeout, and all of them at once when the context of the running operation is
// cancelled. The connections of the session register with it.
type deadlines struct {
	timeout time.Duration

	mu        stdsync.Mutex
	ctx       context.Context // of the running operation
	operation int             // counts operations
	conns     map[deadliner]struct{}
}

// A deadliner is a net.Conn or a *net.TCPListener.
type deadliner interface{ SetDeadline(time.Time) error }

var longAgo = time.Unix(1, 0)

func newDeadlines(timeout time.Duration) *deadlines {
	return &deadlines{timeout: timeout, ctx: context.Background(), conns: map[deadliner]struct{}{}}
}

// enter makes ctx the context of what follows, until leave is called. Once ctx
// is cancelled every wait on every connection ends.
func (d *deadlines) enter(ctx context.Context) (leave func()) {
	d.mu.Lock()
	before := d.ctx
	d.ctx = ctx
	d.operation++
	id := d.operation
	d.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { d.interrupt(id) })
	return func() {
		stop()
		d.mu.Lock()
		d.ctx = before
		d.operation++
		d.mu.Unlock()
	}
}

// interrupt ends all waits, if the operation is still the running one.
func (d *deadlines) interrupt(id int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.operation != id {
		return
	}
	for c := range d.conns {
		c.SetDeadline(longAgo)
	}
}

func (d *deadlines) context() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ctx
}

func (d *deadlines) add(c deadliner) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns[c] = struct{}{}
}

func (d *deadlines) remove(c deadliner) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.conns, c)
}

// arm calls set with the time at which a wait that begins now has lasted for
// limit (0: the timeout), or fails when the context is cancelled already.
func (d *deadlines) arm(limit *atomic.Int64, set func(time.Time) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx.Err() != nil {
		return context.Cause(d.ctx)
	}
	wait := time.Duration(limit.Load())
	if wait <= 0 {
		wait = d.timeout
	}
	return set(time.Now().Add(wait))
}

// explain returns the cause of the context in place of the error that
// [watch.interrupt] provoked.
func (d *deadlines) explain(err error) error {
	if err == nil {
		return nil
	}
	if ctx := d.context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
