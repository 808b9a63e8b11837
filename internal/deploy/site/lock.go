package site

import (
	"context"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
)

// Lock implements [deploy.Server]. The state is asked for together with the lock: what comes is of
// use to [Server.Begin] only where the lock was got.
func (srv *Server) Lock(ctx context.Context) (release func(), waited bool, err error) {
	if srv.opts.Slots {
		release, waited, err = srv.lock.Take(ctx)
		return release, waited, giveUp(err)
	}
	srv.begun = begun{}
	release, waited, err = srv.lock.TakeWith(ctx, srv.lockAndBegin)
	if srv.begun.failed && ctx.Err() == nil {
		// The lock may be there: that of this owner is taken away.
		release, waited, err = srv.lock.Take(ctx)
	}
	if err != nil || waited || srv.begun.dir != srv.work("") {
		srv.begun = begun{}
	}
	return release, waited, giveUp(err)
}

// begun is what came of asking for the state together with the lock.
type begun struct {
	dir     string // the work directory
	done    bool
	found   deploy.Found
	refused error // the server does not send the state
	failed  bool  // a session was lost, or the state is too large
}

// lockAndBegin sends the commands of the lock in b, and asks for the state behind them.
func (srv *Server) lockAndBegin(ctx context.Context, s *ftp.Session, b ftp.Batch) (told bool, err error) {
	if bytes, _ := s.OneWrite(); !srv.beginsAtOnce(s) || b.Bytes() > bytes {
		return true, b.Run(ctx, s)
	}
	srv.begun.dir = srv.work("")
	var seen beginning
	data, told, refused, err := srv.askForState(ctx, s, b, &seen)
	switch {
	case err != nil:
		srv.begun.failed = true
		return false, err
	case refused != nil:
		srv.begun.refused = refused
	case told && data != nil && seen.state.Err == nil && seen.state.Entry.IsFile():
		srv.begun.found = deploy.Found{State: data, Any: true}
		srv.begun.done = srv.staged(&srv.begun.found, seen) == nil
		srv.noteProtection(seen)
	}
	return told, nil
}
