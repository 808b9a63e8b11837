package deploy

import (
	"context"
	"time"
)

// lasting returns a context that goes on for at most limit once ctx is cancelled, and without an
// end before that.
func lasting(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	long, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(limit):
			cancel()
		case <-long.Done():
		}
	})
	return long, func() {
		stop()
		cancel()
	}
}
