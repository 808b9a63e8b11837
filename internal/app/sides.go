package app

import (
	"context"
	"errors"

	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
	"ferry/sync/trashbin"
)

// A Store is a side that is also a trash, as both kinds of side are.
type Store interface {
	sync.Replica
	trashbin.Bin
}

// openSides opens the sides of a pair that are wanted, without what is
// remembered of it. The others are nil. A side whose root is not there is left
// out as well.
func (o *Opener) openSides(ctx context.Context, p *Pair, wants func(sync.Side) bool) (sides [2]Store, done func() error, err error) {
	var open closers
	if wants(sync.Local) {
		near, err := local.Open(p.Local, local.Options{FollowLinks: p.FollowLinks, Reserved: p.Reserved.Match, Log: o.Log})
		if err != nil {
			return sides, nil, err
		}
		open.add(near.Close)
		sides[sync.Local] = near
	}
	if wants(sync.Remote) {
		far, err := o.connect(ctx, p)
		if err != nil {
			return sides, nil, errors.Join(err, open.close())
		}
		open.add(far.Close)
		sides[sync.Remote] = far
	}
	for i, side := range sides {
		if side == nil {
			continue
		}
		root, err := side.Root(ctx, false)
		if err != nil {
			return sides, nil, errors.Join(err, open.close())
		}
		if root.Kind != manifest.Dir && root.Kind != manifest.None {
			return sides, nil, errors.Join(notDirectory(root.Where, root.Kind), open.close())
		}
		if root.Kind != manifest.Dir {
			o.Talk.Note("%s: there is no directory %s", sync.Side(i), text.Clean(root.Where))
			sides[i] = nil
		}
	}
	return sides, open.close, nil
}
