// Package retention removes old versions from the trash of a pair.
package retention

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"time"

	"ferry/internal/history"
	"ferry/internal/text"
	"ferry/sync"
	"ferry/sync/trashbin"

	"github.com/dustin/go-humanize"
)

// trimEvery is how often the trash is searched for old versions.
const trimEvery = time.Hour

// A Trash is what both sides of a pair keep. At the end of a pass what is older than Keep is
// removed, and then the oldest until Size holds. Ages are checked about once an hour, sizes
// also whenever something was added.
type Trash struct {
	Keep  time.Duration // 0: for ever
	Size  int64         // 0: any
	Kept  [2]bool       // the side keeps old versions
	Pulls bool          // passes change nothing on the server, where they may have no right to
	// File holds the time when the trash was trimmed last.
	File    string
	Now     func() time.Time
	Log     *slog.Logger
	Talk    Talker
	Verbose bool
	// News reports whether a text was not said yet in this run, and takes note of it.
	News   func(text string) bool
	Record *history.Recorder // may be nil

	added [2]bool // the pass put something into the trash of that side
}

// A Talker tells the user what happens.
type Talker interface {
	Note(format string, args ...any)
	Warn(format string, args ...any)
}

// Event notes what a pass puts into the trash.
func (r *Trash) Event(ev sync.Event) {
	if done, ok := ev.(sync.Finished); ok && done.Err == nil && done.Action.Trash {
		r.added[done.Action.Side] = true
	}
}

// Trim removes what is too old or too much. A failure is only a warning: the next
// pass tries again. Before anything goes, the server is asked for its time: if one of the
// two clocks is wrong by hours, nothing goes on either side.
func (r *Trash) Trim(ctx context.Context, bins [2]trashbin.Bin) {
	now := r.Now()
	due := r.Keep > 0 && now.Sub(r.last()) >= min(trimEvery, r.Keep)
	fine := true
	failed := func(side sync.Side, err error) {
		if err != nil && ctx.Err() == nil {
			fine = false
			r.Talk.Warn("old versions in the trash of the %s side could not be removed: %v", side, err)
		}
	}
	var found [2][]trashbin.Trashed
	any := false
	for i, bin := range bins {
		full := r.Size > 0 && (due || r.added[i])
		if bin == nil || !r.Kept[i] || !due && !full || r.spares(sync.Side(i)) {
			continue
		}
		var err error
		found[i], err = r.candidates(ctx, bin, now, full)
		failed(sync.Side(i), err)
		any = any || len(trashbin.Excess(found[i], r.cutoff(now), r.Size)) > 0
	}
	if any {
		var err error
		if now, err = r.time(ctx, now, bins); err != nil {
			r.warnClock(ctx, err)
			fine, found = false, [2][]trashbin.Trashed{}
		}
	}
	for i, bin := range bins {
		failed(sync.Side(i), r.discard(ctx, sync.Side(i), bin, trashbin.Excess(found[i], r.cutoff(now), r.Size)))
	}
	if due && fine && ctx.Err() == nil {
		_ = os.WriteFile(r.File, []byte(r.Now().UTC().Format(time.RFC3339)+"\n"), 0o600)
	}
}

// time is [trashbin.Now]. A pull writes nothing on the server, so it cannot ask for the time.
func (r *Trash) time(ctx context.Context, now time.Time, bins [2]trashbin.Bin) (time.Time, error) {
	if r.spares(sync.Remote) {
		return trashbin.Now(ctx, now, bins[sync.Local]) // that is a server, too, where the pull is a copy
	}
	return trashbin.Now(ctx, now, bins[sync.Remote])
}

// warnClock says why nothing was removed, once in a run.
func (r *Trash) warnClock(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if text := "nothing is removed from the trash: " + err.Error(); r.News(text) {
		r.Talk.Warn("%s", text)
	}
}

// spares reports whether passes leave a side as it is.
func (r *Trash) spares(side sync.Side) bool { return side == sync.Remote && r.Pulls }

// cutoff returns the time from before which nothing is kept, or zero if that is no limit.
func (r *Trash) cutoff(now time.Time) time.Time {
	if r.Keep <= 0 {
		return time.Time{}
	}
	return now.Add(-r.Keep)
}

// candidates returns what is in a trash and may have to go. With full set its size counts
// as well.
func (r *Trash) candidates(ctx context.Context, bin trashbin.Bin, now time.Time, full bool) ([]trashbin.Trashed, error) {
	before := r.cutoff(now)
	if full {
		before = time.Time{}
	}
	return bin.Trashed(ctx, before)
}

// discard removes things from the trash of one side.
func (r *Trash) discard(ctx context.Context, side sync.Side, bin trashbin.Bin, gone []trashbin.Trashed) error {
	if len(gone) == 0 {
		return nil
	}
	freed, err := Discard(ctx, bin, side, gone, r.Record, "too old, or too much")
	if err == nil && !r.Verbose {
		r.Log.Info("removed from the trash", "side", side, "files", len(gone), "bytes", freed)
	}
	if err == nil && r.Verbose {
		r.Talk.Note("removed %s from the trash of the %s side, %s", text.Count(len(gone), "old file"), side, humanize.Bytes(uint64(freed)))
	}
	return err
}

// last returns the time when the trash was trimmed last, zero if that is not known.
func (r *Trash) last() time.Time {
	text, err := os.ReadFile(r.File)
	if err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
	if err != nil || at.After(r.Now()) {
		return time.Time{}
	}
	return at
}
