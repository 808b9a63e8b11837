package sync

import (
	"context"
	"time"
)

// A Clock is a side that can tell the time, as a server does by the modification time of a
// file that it has just written.
type Clock interface {
	// Time returns the time by the clock of the side. If the side cannot tell, the error
	// wraps [ErrUnsupported]. It may write a file below the root and remove it again.
	Time(ctx context.Context) (time.Time, error)
}
