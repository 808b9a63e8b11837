package remote

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A bin lists, restores and empties the trash.
type bin struct {
	*server
	trash *trash
	mover *mover
}

// at returns the absolute path of a thing in the trash.
func (b *bin) at(t sync.Trashed) string { return b.names.root + "/" + t.Home() + "/" + t.ID }

// ownPath returns the path of a thing in the trash, below ferry's own directory.
func ownPath(t sync.Trashed) string {
	return strings.TrimPrefix(t.Home(), manifest.Own+"/") + "/" + t.ID
}

// trashed implements [sync.Bin.Trashed]. Where a server shows links as what they lead to,
// they are listed as that.
func (b *bin) trashed(ctx context.Context, before time.Time) ([]sync.Trashed, error) {
	if b.ownsNothing(ctx) {
		return nil, nil
	}
	w := &trashWalk{bin: b, queue: newFolderQueue()}
	if err := w.run(ctx, before); err != nil {
		return nil, fmt.Errorf("listing the trash of %s: %w", b.where(), err)
	}
	sync.SortTrashed(w.found)
	return w.found, nil
}

// ownsNothing reports whether there is certainly no directory of ferry's own in the
// root, as before a first pass that replaces or removes something. That takes one
// round trip.
func (b *bin) ownsNothing(ctx context.Context) (nothing bool) {
	err := b.do(ctx, "looking for a trash", func(ctx context.Context, s *ftp.Session) error {
		if !s.Features().CanStat() {
			return nil
		}
		var entered ftp.Reply
		var batch ftp.Batch
		batch.Expect("CWD "+b.names.dir(manifest.Root), &entered)
		seen, err := b.statAfter(ctx, s, &batch, []place{{b.names.root, manifest.Own}})
		nothing = err == nil && entered.OK() && seen[0] == stat{}
		return err
	})
	return nothing && err == nil
}
