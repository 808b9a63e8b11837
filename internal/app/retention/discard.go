package retention

import (
	"context"
	"errors"
	"time"

	"ferry/internal/history"
	"ferry/sync"
	"ferry/sync/trashbin"
)

// errStillThere stands in the history for a thing that could not be removed from the trash.
var errStillThere = errors.New("it is still in the trash")

// Discard removes things for good from the trash of a side, and writes each into the history.
// Where some of it failed, the trash is listed once more to tell which are gone.
func Discard(ctx context.Context, bin trashbin.Bin, side sync.Side, things []trashbin.Trashed, record *history.Recorder, why string) (freed int64, err error) {
	freed, err = bin.Discard(ctx, things)
	if record == nil {
		return freed, err
	}
	type place struct{ home, id string }
	left := make(map[place]bool)
	if err != nil {
		still, listErr := bin.Trashed(context.WithoutCancel(ctx), time.Time{})
		if listErr != nil {
			still = things // nobody can tell
		}
		for _, t := range still {
			left[place{t.Home(), t.ID}] = true
		}
	}
	for _, t := range things {
		var failed error
		if left[place{t.Home(), t.ID}] {
			failed = errStillThere
		}
		record.Discarded(side, t, why, failed)
	}
	return freed, err
}
