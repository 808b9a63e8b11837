package third

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ferry/internal/ftp"
)

// Times of a transfer.
const (
	look    = 2 * time.Second // how often it is looked how far it has come
	endWait = 5 * time.Second // for the final reply, once the other server has sent its own
)

// slowest is the least number of bytes a second that a transfer is given time for, where nothing
// shows how far it has come.
const slowest = 64 << 10

// Run has the servers of t send a file of size bytes. An error that wraps [ErrHere] means that it
// has to go through this machine. After any other error the target may hold a part. Whether
// it holds the right bytes is for the caller to find out.
func (l *Link) Run(ctx context.Context, t Transfer, size int64) error {
	t.AllowTLS = l.Mode == On
	if t.OverTLS() && !l.Proven() {
		if !l.trial.TryLock() {
			return ErrHere
		}
		defer l.trial.Unlock()
		t.trial = true
	}
	p, err := l.begin(ctx, t)
	switch {
	case err == nil:
	case errors.Is(err, ErrHere) || ctx.Err() != nil:
		return err
	default:
		l.ended(err)
		return err
	}
	err = t.finish(ctx, p, size)
	if err != nil {
		t.From.GiveUp()
		t.To.GiveUp()
		l.fail(ctx, t, p.way, err)
	}
	t.leaveRoles(ctx, p.way)
	if ctx.Err() == nil {
		l.ended(err)
	}
	return err
}

// Try has the servers of t make one transfer, of which the source listens for the target or the
// other way round, and one of [Transfer.Hellos] begins the TLS handshake. refusal says why they do
// not. Nothing but the replies is looked at. With Keep set it ends when the data connection is open,
// and the sessions are of no more use.
func (t Transfer) Try(ctx context.Context, sourceListens bool, hello Party) (refusal string, err error) {
	w := way{sourceListens, hello}
	p, refusal, err := t.begin(ctx, w)
	if err != nil {
		return refusal, err
	}
	if t.Keep == "" {
		err = t.finish(ctx, p, 0)
	}
	if err != nil || t.Keep != "" {
		t.From.GiveUp()
		t.To.GiveUp()
	}
	t.leaveRoles(ctx, w)
	return "", err
}

// finish waits for both final replies.
func (t Transfer) finish(ctx context.Context, p *pair, size int64) error {
	w := &watch{t: t, size: size, patience: t.To.Patience(), last: time.Now()}
	if w.blind = w.givenTime(size); t.trial {
		w.blind = w.givenTime(0)
	}
	to, from := &end{t: t, s: t.To, FarTransfer: p.to}, &end{t: t, s: t.From, FarTransfer: p.from}
	for !to.ended {
		if err := to.wait(ctx, min(look, w.patience/2)); err != nil {
			return err
		}
		if to.ended {
			break
		}
		err := from.wait(ctx, time.Millisecond)
		if err == nil && from.ended && !from.reply.OK() {
			err = ftp.ReplyError("RETR", t.FromPath, from.reply)
		}
		if err != nil { // nothing more will come
			_ = to.wait(ctx, endWait)
			return err
		}
		if err := w.look(ctx); err != nil {
			return err
		}
	}
	// The data has come, or never will.
	if err := from.wait(ctx, w.patience); err != nil {
		return err
	}
	if !from.ended {
		return &ftp.Error{Op: "RETR", Path: t.FromPath, Class: ftp.Retry, Err: fmt.Errorf("the server did not say how the transfer ended for %v", w.patience)}
	}
	w.grow(size)
	if !to.reply.OK() {
		return ftp.ReplyError("STOR", t.ToPath, to.reply)
	}
	if !from.reply.OK() {
		return ftp.ReplyError("RETR", t.FromPath, from.reply)
	}
	return nil
}

// An end is the final reply of one server.
type end struct {
	*ftp.FarTransfer
	t     Transfer
	s     *ftp.Session
	reply ftp.Reply
	ended bool
}

// wait waits for the reply, for as long as limit.
func (e *end) wait(ctx context.Context, limit time.Duration) (err error) {
	if !e.ended {
		e.reply, e.ended, err = e.Ended(ctx, limit)
		if e.ended || err != nil {
			e.t.replied(e.s, e.reply, err)
		}
	}
	return err
}

// A watch sees to it that a transfer ends.
type watch struct {
	t        Transfer
	size     int64
	patience time.Duration // without progress
	came     int64         // bytes that the target was seen to hold
	last     time.Time     // when that grew
	asked    time.Time     // when the target told last how much it holds
	blind    time.Time     // when a transfer ends of which no more is seen
	seen     bool          // it was seen to grow: some show a file only when it is complete
}

// givenTime returns when a transfer ends that has rest bytes to go, and of which nothing is seen.
func (w *watch) givenTime(rest int64) time.Time {
	return time.Now().Add(w.patience + time.Duration(max(rest, 0)/slowest)*time.Second)
}

// look finds out how far the transfer has come. It returns an error if that is no further for
// too long. A look that fails says nothing: all sessions may be in use.
func (w *watch) look(ctx context.Context) error {
	if w.t.Size != nil {
		if n, err := w.t.Size(ctx); err == nil {
			w.asked = time.Now()
			if n > w.came {
				w.seen, w.last = true, w.asked
				w.blind = w.givenTime(w.size - n)
			}
			w.grow(n)
		}
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case w.seen && w.asked.Sub(w.last) > w.patience, time.Now().After(w.blind):
		return &ftp.Error{Op: "STOR", Path: w.t.ToPath, Class: ftp.Retry, Err: fmt.Errorf("nothing has come from the other server for %v", time.Since(w.last).Round(time.Second))}
	}
	return nil
}

// grow tells that the target holds n bytes.
func (w *watch) grow(n int64) {
	n = min(n, w.size)
	if n > w.came && w.t.Grown != nil {
		w.t.Grown(n - w.came)
	}
	w.came = max(w.came, n)
}
