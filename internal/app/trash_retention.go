package app

import (
	"context"
	"os"
	"path/filepath"
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

// A retention removes old versions from the trash of a pair at the end of a pass: what
// is older than trash-keep, and then the oldest until trash-size holds. Ages are
// checked about once an hour, sizes also whenever something was added.
type retention struct {
	opener *Opener
	pair   *Pair
	record *history.Recorder
	added  [2]bool // the pass put something into the trash of that side
}

// event notes what a pass puts into the trash.
func (r *retention) event(ev sync.Event) {
	if done, ok := ev.(sync.Finished); ok && done.Err == nil && done.Action.Trash {
		r.added[done.Action.Side] = true
	}
}

// trim removes what is too old or too much. A failure is only a warning: the next
// pass tries again. Before anything goes, the server is asked for its time: if one of the
// two clocks is wrong by hours, nothing goes on either side.
func (r *retention) trim(ctx context.Context, bins [2]trashbin.Bin) {
	now := r.opener.Now()
	due := r.pair.TrashKeep > 0 && now.Sub(r.last()) >= min(trimEvery, r.pair.TrashKeep)
	keeps := r.pair.Policy().Trash
	fine := true
	failed := func(side sync.Side, err error) {
		if err != nil && ctx.Err() == nil {
			fine = false
			r.opener.Talk.Warn("old versions in the trash of the %s side could not be removed: %v", side, err)
		}
	}
	var found [2][]trashbin.Trashed
	any := false
	for i, bin := range bins {
		full := r.pair.TrashSize > 0 && (due || r.added[i])
		if bin == nil || !keeps[i] || !due && !full || r.spares(sync.Side(i)) {
			continue
		}
		var err error
		found[i], err = r.candidates(ctx, bin, now, full)
		failed(sync.Side(i), err)
		any = any || len(trashbin.Excess(found[i], r.cutoff(now), r.pair.TrashSize)) > 0
	}
	if any {
		var err error
		if now, err = r.time(ctx, now, bins); err != nil {
			r.warnClock(ctx, err)
			fine, found = false, [2][]trashbin.Trashed{}
		}
	}
	for i, bin := range bins {
		failed(sync.Side(i), r.discard(ctx, sync.Side(i), bin, trashbin.Excess(found[i], r.cutoff(now), r.pair.TrashSize)))
	}
	if due && fine && ctx.Err() == nil {
		_ = os.WriteFile(r.file(), []byte(r.opener.Now().UTC().Format(time.RFC3339)+"\n"), 0o600)
	}
}

// time is [trashbin.Now]. A pull writes nothing on the server, so it cannot ask for the time.
func (r *retention) time(ctx context.Context, now time.Time, bins [2]trashbin.Bin) (time.Time, error) {
	if r.spares(sync.Remote) {
		return trashbin.Now(ctx, now, bins[sync.Local]) // that is a server, too, where the pull is a copy
	}
	return trashbin.Now(ctx, now, bins[sync.Remote])
}

// warnClock says why nothing was removed, once in a run.
func (r *retention) warnClock(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if text := "nothing is removed from the trash: " + err.Error(); r.opener.once.news(text) {
		r.opener.Talk.Warn("%s", text)
	}
}

// spares reports whether passes leave a side as it is: a pull changes nothing on the
// server, where it may have no right to.
func (r *retention) spares(side sync.Side) bool {
	return side == sync.Remote && r.pair.Direction == sync.Pull
}

// cutoff returns the time from before which nothing is kept, or zero if that is no limit.
func (r *retention) cutoff(now time.Time) time.Time {
	if r.pair.TrashKeep <= 0 {
		return time.Time{}
	}
	return now.Add(-r.pair.TrashKeep)
}

// candidates returns what is in a trash and may have to go. With full set its size counts
// as well.
func (r *retention) candidates(ctx context.Context, bin trashbin.Bin, now time.Time, full bool) ([]trashbin.Trashed, error) {
	before := r.cutoff(now)
	if full {
		before = time.Time{}
	}
	return bin.Trashed(ctx, before)
}

// discard removes things from the trash of one side.
func (r *retention) discard(ctx context.Context, side sync.Side, bin trashbin.Bin, gone []trashbin.Trashed) error {
	if len(gone) == 0 {
		return nil
	}
	freed, err := discard(ctx, bin, side, gone, r.record, "too old, or too much")
	if err == nil && !r.opener.Verbose {
		r.opener.Log.Info("removed from the trash", "side", side, "files", len(gone), "bytes", freed)
	}
	if err == nil && r.opener.Verbose {
		r.opener.Talk.Note("removed %s from the trash of the %s side, %s", text.Count(len(gone), "old file"), side, humanize.Bytes(uint64(freed)))
	}
	return err
}

// file holds the time when the trash was trimmed last.
func (r *retention) file() string {
	return filepath.Join(r.opener.StateDir, "pairs", r.pair.StateKey()+".trimmed")
}

func (r *retention) last() time.Time {
	text, err := os.ReadFile(r.file())
	if err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
	if err != nil || at.After(r.opener.Now()) {
		return time.Time{}
	}
	return at
}
