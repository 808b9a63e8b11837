package socket

import (
	"context"

	"golang.org/x/time/rate"
)

// A Throttle limits all data connections of a pool together to a number of bytes per
// second in one direction. A nil Throttle is no limit. Its methods may be called from
// several goroutines.
type Throttle struct{ limiter *rate.Limiter }

// NewThrottle returns a throttle for that many bytes per second; 0: no limit.
func NewThrottle(bytesPerSecond int64) *Throttle {
	if bytesPerSecond <= 0 {
		return nil
	}
	burst := min(max(bytesPerSecond/8, 1<<10), 64<<10)
	return &Throttle{rate.NewLimiter(rate.Limit(bytesPerSecond), int(burst))}
}

// most returns how many of n bytes may pass at a time.
func (t *Throttle) most(n int) int {
	if t == nil {
		return n
	}
	return min(n, t.limiter.Burst())
}

// wait waits until n bytes, at most [Throttle.most], may pass.
func (t *Throttle) wait(ctx context.Context, n int) error {
	if t == nil || n == 0 {
		return nil
	}
	return t.limiter.WaitN(ctx, n)
}
