package third

import (
	"context"
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
	p, err := l.begin(ctx, t)
	if err != nil {
		return err
	}
	err = t.finish(ctx, p, size)
	if err != nil {
		t.From.GiveUp()
		t.To.GiveUp()
	}
	if ctx.Err() == nil {
		l.ended(err)
	}
	return err
}

// finish waits for both final replies.
func (t Transfer) finish(ctx context.Context, p *pair, size int64) error {
	w := &watch{t: t, size: size, patience: t.To.Patience(), last: time.Now()}
	w.blind = w.last.Add(w.patience + time.Duration(size/slowest)*time.Second)
	var replies [2]ftp.Reply
	for i, one := range []*ftp.FarTransfer{p.to, p.from} {
		for ended := false; !ended; {
			limit := min(look, w.patience/2)
			if i == 1 {
				limit = w.patience // the data has come, or never will
			}
			var err error
			if replies[i], ended, err = one.Ended(ctx, limit); err != nil {
				return err
			}
			if !ended && i == 1 {
				return &ftp.Error{Op: "RETR", Path: t.FromPath, Class: ftp.Retry, Err: fmt.Errorf("the server did not say how the transfer ended for %v", w.patience)}
			}
			if !ended {
				if err := w.look(ctx); err != nil {
					return err
				}
			}
		}
	}
	w.grow(size)
	for i, op := range []string{"STOR", "RETR"} {
		if !replies[i].OK() {
			return ftp.ReplyError(op, []string{t.ToPath, t.FromPath}[i], replies[i])
		}
	}
	return nil
}

// A watch sees to it that a transfer ends.
type watch struct {
	t        Transfer
	size     int64
	patience time.Duration // without progress
	came     int64         // bytes that the target was seen to hold
	last     time.Time     // when that grew
	blind    time.Time     // when a transfer ends of which nothing is seen
	seen     bool          // the target has told how much it holds
}

// look finds out how far the transfer has come. It returns an error if that is no further for
// too long.
func (w *watch) look(ctx context.Context) error {
	if w.t.Size != nil {
		if n, err := w.t.Size(ctx); err == nil {
			w.seen = true
			if n > w.came {
				w.last = time.Now()
			}
			w.grow(n)
		}
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case w.seen && time.Since(w.last) > w.patience, !w.seen && time.Now().After(w.blind):
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
