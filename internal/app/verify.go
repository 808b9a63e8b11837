package app

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/text"
	"ferry/sync"
	"ferry/sync/verify"
)

// Verify compares the contents of both sides of a pair, and changes nothing. tell, which
// may be nil, hears how far it has got. A running watch need not let go of the pair.
func (o *Opener) Verify(ctx context.Context, p *Pair, tell func(verify.Progress)) (result verify.Result, err error) {
	sides, done, err := o.openSides(ctx, p, func(sync.Side) bool { return true })
	if err != nil {
		return verify.Result{}, err
	}
	defer func() { err = errors.Join(err, done()) }()
	for s, side := range sides {
		if side == nil {
			where := [...]string{p.Local, p.Remote.String()}[s]
			return verify.Result{}, failed(fmt.Errorf("there is no directory %s to compare", text.Clean(where)), "the first pass makes it: "+p.Command("sync"))
		}
	}
	opts := o.engineOptions(p, PassOptions{})
	opts.Waiting = nil
	return verify.Run(ctx, sides[sync.Local], sides[sync.Remote], opts, tell)
}

// VerifyCode returns the exit code of a comparison that came to its end. What could not
// be compared counts more than differences, as in a plan that is not whole.
func VerifyCode(r verify.Result, err error) int {
	switch {
	case err != nil:
		return ExitCode(err)
	case len(r.Doubts) > 0:
		return ExitIncomplete
	case len(r.Differences) > 0:
		return ExitPending
	}
	return ExitOK
}
