package remote

import (
	"context"
	stdsync "sync"
)

// wakeAfter wakes all who wait on c once ctx has ended, until stop is called. That
// is done under the lock of c: one who has just seen that ctx goes on, and is about
// to wait, would sleep through it otherwise, for ever.
func wakeAfter(ctx context.Context, c *stdsync.Cond) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		c.L.Lock()
		defer c.L.Unlock()
		c.Broadcast()
	})
}
