package ftp

import (
	"context"

	"golang.org/x/time/rate"
)

// A throttle holds all data connections of a pool together to a number of bytes
// per second in one direction. A nil throttle lets everything through.
type throttle struct{ limiter *rate.Limiter }

func newThrottle(bytesPerSecond int64) *throttle {
	if bytesPerSecond <= 0 {
		return nil
	}
	burst := min(max(bytesPerSecond/8, 1<<10), 64<<10)
	return &throttle{rate.NewLimiter(rate.Limit(bytesPerSecond), int(burst))}
}

// most returns how many bytes of n may go through in one piece.
func (t *throttle) most(n int) int {
	if t == nil {
		return n
	}
	return min(n, t.limiter.Burst())
}

// wait returns when n bytes, at most [throttle.most], may go through.
func (t *throttle) wait(ctx context.Context, n int) error {
	if t == nil || n == 0 {
		return nil
	}
	return t.limiter.WaitN(ctx, n)
}
