package app

import (
	"context"
	"errors"

	"ferry/internal/config"
	"ferry/sync"
	"ferry/sync/readonly"
	"ferry/sync/remote"
)

// CopyPair returns the pair of a copy from one server to another. It is a pull whose local side
// is the server that is written to: so what the source shows is judged as what servers show, and
// nothing is downloaded for a stamp or a rename that a local disk would be asked about.
func (w Workspace) CopyPair(from, to *config.Profile) *Pair {
	from.Direction, from.Name, to.Name = sync.Pull, "copy", "copy"
	written := config.Profile{ID: "copy", Remote: to.Remote}
	read := config.Profile{ID: written.StateKeys("")[0], Remote: from.Remote}
	key := read.StateKeys("")[0]
	p := &Pair{Profile: from, Direct: true, alone: true, key: pairKey{name: key, own: key}, stateDir: w.StateDir()}
	p.Target = &Pair{Profile: to, Direct: true, alone: true, key: p.key, stateDir: p.stateDir}
	return p
}

// openTarget connects to the target of a copy from source. It refuses two directories that have
// something in common, which their URLs need not show.
func (o *Opener) openTarget(ctx context.Context, p *Pair, opts PassOptions, source Store) (Store, error) {
	target, err := o.openServer(ctx, p.Target, opts)
	if err != nil {
		return nil, err
	}
	common, err := target.Shares(ctx, source.(readonly.Side).Store.(*remote.Directory))
	if common {
		err = ErrCommon
	}
	if err != nil {
		return nil, errors.Join(connecting(p, err), target.Close())
	}
	return target, nil
}

// ErrCommon refuses a copy within one directory.
var ErrCommon = Usage(errors.New("the source and the target are one directory, or one lies in the other"), "name two directories that have nothing in common")
