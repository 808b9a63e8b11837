package trashbin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ferry/sync"
)

// clocksAgree is how far the clocks of this machine and of the server may be apart for
// old versions to be removed because of their age.
const clocksAgree = 2 * time.Hour

// A ClockError says that the clocks of this machine and of the server disagree.
type ClockError struct{ off time.Duration }

func (e *ClockError) Error() string {
	way := "behind"
	if e.off < 0 {
		way = "ahead of"
	}
	return fmt.Sprintf("the clock of this machine is %s %s that of the server, so nobody can tell how old the versions in the trash are", apart(e.off.Abs()), way)
}

// apart says how far two clocks are apart, from two hours on.
func apart(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return fmt.Sprintf("%d hours", d/time.Hour)
}

// Now returns the time from which the age of what is in the trash counts: that of
// this machine or of the server, whichever is earlier. ours is the time of this machine.
// If the two differ by hours, one of them is wrong and the error is a [*ClockError].
// Where the server cannot tell, or is nil, ours has to do.
func Now(ctx context.Context, ours time.Time, server any) (time.Time, error) {
	clock, ok := server.(sync.Clock)
	if !ok {
		return ours, nil
	}
	theirs, err := clock.Time(ctx)
	switch {
	case errors.Is(err, sync.ErrUnsupported):
		return ours, nil
	case err != nil:
		return time.Time{}, err
	}
	if off := theirs.Sub(ours); off.Abs() > clocksAgree {
		return time.Time{}, &ClockError{off}
	}
	if theirs.Before(ours) {
		return theirs, nil
	}
	return ours, nil
}
