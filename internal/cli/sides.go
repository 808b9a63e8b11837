package cli

import (
	"context"
	"errors"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
	"ferry/sync/remote"

	"github.com/spf13/pflag"
)

// sideFlag is the option that names one of the two sides.
type sideFlag struct{ value[sync.Side] }

func (f *sideFlag) register(flags *pflag.FlagSet) {
	f.add(flags, "side", "look at one side only: `SIDE` is local or remote", parseSide)
}

// wants reports whether a side is to be looked at.
func (f *sideFlag) wants(side sync.Side) bool { return !f.set || f.v == side }

func parseSide(s string) (sync.Side, error) {
	for _, side := range bothSides {
		if s == side.String() {
			return side, nil
		}
	}
	return sync.Local, fmt.Errorf("%q is neither local nor remote", s)
}

var bothSides = [...]sync.Side{sync.Local, sync.Remote}

// A store is a side that is also a trash, as both kinds of side are.
type store interface {
	sync.Replica
	sync.Bin
}

// openSides opens the sides of a pair that are wanted, without what is
// remembered of it. The others are nil. A side whose root is not there is left
// out as well.
func (a *app) openSides(ctx context.Context, p *pair, wants func(sync.Side) bool) (sides [2]store, done func() error, err error) {
	var open closers
	if wants(sync.Local) {
		near, err := local.Open(p.Local, local.Options{FollowLinks: p.FollowLinks, Log: a.log()})
		if err != nil {
			return sides, nil, err
		}
		open.add(near.Close)
		sides[sync.Local] = near
	}
	if wants(sync.Remote) {
		o, err := a.remoteOptions(ctx, p)
		if err != nil {
			return sides, nil, errors.Join(err, open.close())
		}
		o.Notice = func(text string) { a.talk().note("%s", text) }
		far, err := remote.Open(ctx, o)
		if err != nil {
			return sides, nil, errors.Join(connecting(err), open.close())
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
		if root.Kind != manifest.Dir {
			a.talk().note("%s: there is no directory %s", sync.Side(i), clean(root.Where))
			sides[i] = nil
		}
	}
	return sides, open.close, nil
}
