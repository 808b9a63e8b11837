package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ferry/internal/text"
	"ferry/sync"

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
	added  [2]bool // the pass put something into the trash of that side
}

// event notes what a pass puts into the trash.
func (r *retention) event(ev sync.Event) {
	if done, ok := ev.(sync.Finished); ok && done.Err == nil && done.Action.Trash {
		r.added[done.Action.Side] = true
	}
}

// trim removes what is too old or too much. A failure is only a warning: the next
// pass tries again.
func (r *retention) trim(ctx context.Context, bins [2]sync.Bin) {
	now := r.opener.Now()
	due := r.pair.TrashKeep > 0 && now.Sub(r.last()) >= min(trimEvery, r.pair.TrashKeep)
	keeps := r.pair.Policy().Trash
	fine := true
	for i, bin := range bins {
		full := r.pair.TrashSize > 0 && (due || r.added[i])
		if bin == nil || !keeps[i] || !due && !full || r.spares(sync.Side(i)) {
			continue
		}
		if err := r.side(ctx, sync.Side(i), bin, now, full); err != nil && ctx.Err() == nil {
			fine = false
			r.opener.Talk.Warn("old versions in the trash of the %s side could not be removed: %v", sync.Side(i), err)
		}
	}
	if due && fine && ctx.Err() == nil {
		_ = os.WriteFile(r.file(), []byte(now.UTC().Format(time.RFC3339)+"\n"), 0o600)
	}
}

// spares reports whether passes leave a side as it is: a pull changes nothing on the
// server, where it may have no right to.
func (r *retention) spares(side sync.Side) bool {
	return side == sync.Remote && r.pair.Direction == sync.Pull
}

// side trims the trash of one side. With full set its size counts as well.
func (r *retention) side(ctx context.Context, side sync.Side, bin sync.Bin, now time.Time, full bool) error {
	cutoff := time.Time{}
	if r.pair.TrashKeep > 0 {
		cutoff = now.Add(-r.pair.TrashKeep)
	}
	before := cutoff
	if full {
		before = time.Time{}
	}
	things, err := bin.Trashed(ctx, before)
	if err != nil {
		return err
	}
	gone := excess(things, cutoff, r.pair.TrashSize)
	if len(gone) == 0 {
		return nil
	}
	freed, err := bin.Discard(ctx, gone)
	if err == nil && r.opener.Verbose {
		r.opener.Talk.Note("removed %s from the trash of the %s side, %s", text.Count(len(gone), "old file"), side, humanize.Bytes(uint64(freed)))
	}
	return err
}

// excess returns what is to go of things, which are the latest first: what was
// put there before cutoff, and the oldest of the rest until at most size bytes
// are left. A zero cutoff and size are no limits.
func excess(things []sync.Trashed, cutoff time.Time, size int64) []sync.Trashed {
	var gone []sync.Trashed
	var held int64
	for _, t := range things {
		if held += t.Entry.Size; t.When.Before(cutoff) || size > 0 && held > size {
			gone = append(gone, t)
		}
	}
	return gone
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
