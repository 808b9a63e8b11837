package watch

import "time"

const (
	// minGap is the smallest gap that counts.
	minGap = time.Minute
	// maxWait is the longest time between two ticks.
	maxWait = 30 * time.Second
)

// A gapDetector notices that the machine slept or that its clock was set. On Linux
// and macOS the monotonic clock stops during sleep and the wall clock does not, so
// the two drift apart. On other systems both go on, and a tick comes late.
type gapDetector struct {
	lastNow, lastWall time.Time
	nextTick          time.Time // when the next tick is due at the latest; zero: not known
}

// detect reports whether there was a gap since the last call. now is read from the
// monotonic clock, wall from the wall clock.
func (g *gapDetector) detect(now, wall time.Time) bool {
	if g.lastNow.IsZero() {
		g.lastNow, g.lastWall = now, wall
		return false
	}
	drift := wall.Sub(g.lastWall) - now.Sub(g.lastNow)
	late := !g.nextTick.IsZero() && now.Sub(g.nextTick) > minGap
	g.lastNow, g.lastWall, g.nextTick = now, wall, time.Time{}
	return late || drift.Abs() > minGap
}
