package remote

import (
	"context"
	"errors"
	"time"

	"ferry/internal/ftp"
)

// A recovery says how a renaming whose outcome is open is brought to a certain end.
type recovery struct {
	// happened finds out by looking whether it was carried out.
	happened func(ctx context.Context) (bool, error)
	// again carries it out once more.
	again func(ctx context.Context) error
	// retries is how often it is carried out again.
	retries int
	// retryRefusal carries it out again after a first refusal.
	retryRefusal bool
	// mayReplace is set where a refusal can mean that the server does not rename over files,
	// and what follows comes out right as well if the server does it later all the same.
	mayReplace bool
}

// recover makes sure what became of m, and carries it out again where it may succeed
// another time. It returns nil where m is done; see [renamer.believe]. Refusals are looked into as well,
// because a server that is out of step may refuse what it has done, and others refuse
// what they do a moment later. A server that was seen to rename at once, and refuses to rename
// over a file, is not waited for. cause is the error of the session that m was sent on.
func (r *renamer) recover(ctx context.Context, m *renaming, cause error, how recovery) error {
	for attempt := 0; ; attempt++ {
		if m.replies.Done() {
			return r.believe(ctx, m)
		}
		happened := func(ctx context.Context) bool {
			done, err := how.happened(ctx)
			return err == nil && done
		}
		if attempt == 0 && how.retryRefusal && m.isRefused() {
			if r.isDoneLater(ctx, m, happened) {
				return nil
			}
		} else {
			done, err := how.happened(ctx)
			if !done && err == nil && m.wasAnswered() && !(how.mayReplace && m.isRefused() && r.keeps(ftp.RenamesFiles)) {
				done = r.isDoneLater(ctx, m, happened)
			}
			switch {
			case done:
				return nil
			case err != nil:
				return errors.Join(cause, m.err(), err)
			case !m.replies.Unsettled():
				return m.err()
			}
		}
		if cause != nil && !ftp.Retryable(cause) || attempt >= how.retries || r.backOff(ctx, attempt) != nil {
			return errors.Join(cause, m.err(), context.Cause(ctx))
		}
		cause = how.again(ctx)
	}
}

// isDoneLater waits whether m, which the server refused, is carried out all the same. A server
// that was once seen not to do that, after a refusal for good, is believed the next time.
func (r *renamer) isDoneLater(ctx context.Context, m *renaming, happened func(ctx context.Context) bool) bool {
	if m.isRefused() && r.keeps(ftp.KeepsRefusals) {
		return false
	}
	looked := false
	done := r.showsLater(ctx, LookAgain[:looksAfterRefusal], func(ctx context.Context) bool {
		looked = true
		return happened(ctx)
	})
	if looked && m.isRefused() && ctx.Err() == nil {
		r.features.Observe(ftp.KeepsRefusals, !done)
	}
	return done
}

// backOff waits before another attempt. The first one needs no wait.
func (srv *server) backOff(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return ctx.Err()
	}
	return ftp.Sleep(ctx, srv.opts.Backoff(attempt-1))
}

// graceContext returns a context in which a change that was begun is brought to its
// end: when ctx is cancelled, it goes on for a moment.
func (srv *server) graceContext(ctx context.Context) (context.Context, context.CancelFunc) {
	const grace = 1500 * time.Millisecond
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(min(grace, srv.opts.Timeout))
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel(context.Cause(ctx))
		case <-inner.Done():
		}
	})
	return inner, func() { stop(); cancel(nil) }
}
