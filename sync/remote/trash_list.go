package remote

import (
	"context"
	"fmt"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync/remote/list"
	"ferry/sync/trashbin"
)

// A bin lists, restores and empties the trash.
type bin struct {
	*server
	trash *trash
	mover *mover
}

// at returns the absolute path of a thing in the trash.
func (b *bin) at(t trashbin.Trashed) string { return b.names.Root + "/" + pathBelowRoot(t) }

// pathBelowRoot returns the path of a thing in the trash, below the root.
func pathBelowRoot(t trashbin.Trashed) string { return t.Home() + "/" + t.ID }

// trashed implements [trashbin.Bin.Trashed]. Where a server shows links as what they lead to,
// they are listed as that.
func (b *bin) trashed(ctx context.Context, before time.Time) ([]trashbin.Trashed, error) {
	w := &trashWalk{bin: b, queue: list.NewQueue()}
	for _, dir := range b.ownDirs(ctx) {
		if err := w.run(ctx, dir, before); err != nil {
			return nil, fmt.Errorf("listing the trash of %s: %w", b.where(), err)
		}
	}
	trashbin.Sort(w.found)
	return w.found, nil
}

// ownDirs returns the names of the directories of ferry's own that may be in the root. Before
// a first pass that replaces or removes something there is none, and where the server can
// tell, that takes one round trip. Another machine may have found out something else about
// names with a leading dot.
func (b *bin) ownDirs(ctx context.Context) []string {
	both := []string{manifest.Own, manifest.OwnPlain}
	dirs := []string{b.ownDir()}
	if b.plainSeen.Load() {
		dirs = both
	}
	b.do(ctx, "looking for a trash", func(ctx context.Context, s *ftp.Session) error {
		if !s.Features().CanStat() {
			return nil
		}
		var entered ftp.Reply
		var batch ftp.Batch
		batch.Expect("CWD "+b.names.Dir(manifest.Root), &entered)
		seen, err := b.statAfter(ctx, s, &batch, []place{{Dir: b.names.Root, Name: both[0]}, {Dir: b.names.Root, Name: both[1]}})
		if err == nil && entered.OK() {
			dirs = nil
			for i, dir := range both {
				if seen[i] != (stat{}) {
					dirs = append(dirs, dir)
				}
			}
		}
		return err
	})
	return dirs
}
