package watch

import "time"

const (
	// gapFrom is how far the clock of the wall and that of the machine must differ
	// between two looks at them, or how late a look must come, to say that the
	// machine slept or that somebody set the clock.
	gapFrom = time.Minute
	// beat is the longest time between two looks.
	beat = 30 * time.Second
)

// A clock notices when time was lost. On Linux and macOS the clock of the
// machine stands still while it sleeps, and that of the wall does not; where both go on,
// a look comes too late.
type clock struct {
	now, wall time.Time
	expected  time.Time // when the next look is due at the latest
}

// look reports whether time was lost since the last look. now is compared with
// other nows only, and wall with other walls.
func (c *clock) look(now, wall time.Time) bool {
	if c.now.IsZero() {
		c.now, c.wall = now, wall
		return false
	}
	drift := wall.Sub(c.wall) - now.Sub(c.now)
	late := !c.expected.IsZero() && now.Sub(c.expected) > gapFrom
	c.now, c.wall, c.expected = now, wall, time.Time{}
	return late || drift.Abs() > gapFrom
}
