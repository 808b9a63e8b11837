package socket

import (
	"context"
	stdsync "sync"
	"sync/atomic"
	"time"
)

// Deadlines ends the waits on the connections of one session: each wait that
// lasts longer than the timeout, and all of them at once when the context of the
// running operation is cancelled. Connections are added when they are opened.
//
// Its methods may be called from several goroutines.
type Deadlines struct {
	Timeout time.Duration // longest wait without progress

	mu        stdsync.Mutex
	ctx       context.Context // of the running operation
	operation int             // the number of the running operation
	conns     map[deadliner]struct{}
}

// A deadliner is a net.Conn or a *net.TCPListener.
type deadliner interface{ SetDeadline(time.Time) error }

// LongAgo is a deadline that ends every wait at once.
var LongAgo = time.Unix(1, 0)

// NewDeadlines returns the deadlines of a session whose waits last for timeout at most.
func NewDeadlines(timeout time.Duration) *Deadlines {
	return &Deadlines{Timeout: timeout, ctx: context.Background(), conns: map[deadliner]struct{}{}}
}

// Enter makes ctx the context of the running operation until leave is called. Once
// ctx is cancelled, every wait on every connection ends.
func (d *Deadlines) Enter(ctx context.Context) (leave func()) {
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

// interrupt ends all waits if operation id is still the running one.
func (d *Deadlines) interrupt(id int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.operation != id {
		return
	}
	for c := range d.conns {
		c.SetDeadline(LongAgo)
	}
}

// Context returns the context of the running operation.
func (d *Deadlines) Context() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ctx
}

func (d *Deadlines) add(c deadliner) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns[c] = struct{}{}
}

// Remove ends what d does for a connection that was added.
func (d *Deadlines) Remove(c deadliner) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.conns, c)
}

// arm calls set with the deadline of a wait that begins now and may last for limit
// nanoseconds (0: the timeout), but not beyond end (nil: no such limit). It fails when the
// context is already cancelled.
func (d *Deadlines) arm(limit *atomic.Int64, end *time.Time, set func(time.Time) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx.Err() != nil {
		return context.Cause(d.ctx)
	}
	wait := time.Duration(limit.Load())
	if wait <= 0 {
		wait = d.Timeout
	}
	deadline := time.Now().Add(wait)
	if end != nil && end.Before(deadline) {
		deadline = *end
	}
	return set(deadline)
}

// explain returns the cause of the context in place of the error that
// [Deadlines.interrupt] provoked.
func (d *Deadlines) explain(err error) error {
	if err == nil {
		return nil
	}
	if ctx := d.Context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
