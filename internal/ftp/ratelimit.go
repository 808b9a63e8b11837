package ftp

import (
	"context"

	"golang.org/x/time/rate"
)

// A throttle limits all data connections of a pool together to a number of bytes per
// second in one direction. A nil throttle is no limit. Its methods may be called from
// several goroutines.
type throttle struct{ limiter *rate.Limiter }

func newThrottle(bytesPerSecond int64) *throttle {
	if bytesPerSecond <= 0 {
		return nil
	}
	burst := min(max(bytesPerSecond/8, 1<<10), 64<<10)
	return &throttle{rate.NewLimiter(rate.Limit(bytesPerSecond), int(burst))}
}

// most returns how many of n bytes may pass at a time.
func (t *throttle) most(n int) int {
	if t == nil {
		return n
	}
	return min(n, t.limiter.Burst())
}

// wait waits until n bytes, at most [throttle.most], may pass.
func (t *throttle) wait(ctx context.Context, n int) error {
	if t == nil || n == 0 {
		return nil
	}
	return t.limiter.WaitN(ctx, n)
}
