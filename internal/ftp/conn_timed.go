package ftp

import (
	"context"
	"errors"
	"net"
	"os"
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
func (w *deadlines) enter(ctx context.Context) (leave func()) {
	w.mu.Lock()
	before := w.ctx
	w.ctx = ctx
	w.operation++
	turn := w.operation
	w.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { w.interrupt(turn) })
	return func() {
		stop()
		w.mu.Lock()
		w.ctx = before
		w.operation++
		w.mu.Unlock()
	}
}

// interrupt ends all waits, if the operation is still the running one.
func (w *deadlines) interrupt(turn int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.operation != turn {
		return
	}
	for c := range w.conns {
		c.SetDeadline(longAgo)
	}
}

func (w *deadlines) context() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ctx
}

func (w *deadlines) add(c deadliner) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns[c] = struct{}{}
}

func (w *deadlines) remove(c deadliner) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, c)
}

// arm calls set with the time at which a wait that begins now has lasted for
// limit (0: the timeout), or fails when the context is cancelled already.
func (w *deadlines) arm(limit *atomic.Int64, set func(time.Time) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	d := time.Duration(limit.Load())
	if d <= 0 {
		d = w.timeout
	}
	return set(time.Now().Add(d))
}

// explain returns the cause of the context in place of the error that
// [watch.interrupt] provoked.
func (w *deadlines) explain(err error) error {
	if err == nil {
		return nil
	}
	if ctx := w.context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// A wire is a TCP connection on which no wait lasts longer than the timeout of
// its watch. It counts bytes and keeps to the throttles. One goroutine may read
// while another writes.
type timedConn struct {
	net.Conn
	deadlines *deadlines
	limit     atomic.Int64 // of the waits, in place of the timeout; 0: none
	up, down  *throttle
	counted   *byteCount
}

// traffic counts the bytes of data connections.
type byteCount struct{ up, down atomic.Int64 }

func newTimedConn(c net.Conn, w *deadlines) *timedConn {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetKeepAlive(true)
	}
	wi := &timedConn{Conn: c, deadlines: w}
	w.add(c)
	return wi
}

func (w *timedConn) Read(p []byte) (int, error) {
	p = p[:w.down.most(len(p))]
	if err := w.deadlines.arm(&w.limit, w.Conn.SetReadDeadline); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(p)
	if w.counted != nil {
		w.counted.down.Add(int64(n))
	}
	if werr := w.down.wait(w.deadlines.context(), n); werr != nil && err == nil {
		err = werr
	}
	return n, w.deadlines.explain(err)
}

// Write gives up when not a single byte could be sent for the timeout.
func (w *timedConn) Write(p []byte) (int, error) {
	sent := 0
	for sent < len(p) {
		piece := p[sent:]
		piece = piece[:w.up.most(min(len(piece), 64<<10))]
		if err := w.up.wait(w.deadlines.context(), len(piece)); err != nil {
			return sent, w.deadlines.explain(err)
		}
		for len(piece) > 0 {
			if err := w.deadlines.arm(&w.limit, w.Conn.SetWriteDeadline); err != nil {
				return sent, err
			}
			n, err := w.Conn.Write(piece)
			sent += n
			piece = piece[n:]
			if w.counted != nil {
				w.counted.up.Add(int64(n))
			}
			if err != nil && !(n > 0 && errors.Is(err, os.ErrDeadlineExceeded) && w.deadlines.context().Err() == nil) {
				return sent, w.deadlines.explain(err)
			}
		}
	}
	return sent, nil
}

// hurry ends the reading that goes on in another goroutine, and all reading
// until the limit is set anew.
func (w *timedConn) wakeReader() {
	w.deadlines.mu.Lock()
	defer w.deadlines.mu.Unlock()
	w.limit.Store(1)
	w.Conn.SetReadDeadline(longAgo)
}

func (w *timedConn) Close() error {
	w.deadlines.remove(w.Conn)
	return w.Conn.Close()
}

// closeWrite sends FIN.
func (w *timedConn) closeWrite() error {
	if tcp, ok := w.Conn.(interface{ CloseWrite() error }); ok {
		return tcp.CloseWrite()
	}
	return nil
}
