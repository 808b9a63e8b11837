package app

import (
	"errors"
	"os"

	"ferry/internal/daemon"
	"ferry/sync/watch"
)

// claimPair makes this process the one that watches the pair, and answers for
// it.
func (wp *watchedPair) claimPair() error {
	if wp.claim != nil {
		return nil
	}
	claim, err := daemon.Acquire(wp.opener.watchDir(), wp.pair.StateKey(), wp.opener.Getenv("XDG_RUNTIME_DIR"))
	if errors.Is(err, daemon.ErrClaimed) {
		return wp.opener.watchedElsewhere(wp.pair)
	}
	if err != nil {
		return err
	}
	if err := claim.SocketError(); err != nil && wp.opener.once.news("mute") {
		wp.opener.Talk.Warn("\"ferry status\" cannot ask this watch: %v", err)
	}
	claim.Serve(daemon.Handler{
		Report: wp.answer, Poke: wp.watch.Poke, HandOver: wp.watch.HandOver, Pause: wp.watch.Pause, Resume: wp.watch.Resume, Act: wp.act(wp.do),
	})
	wp.claim = claim
	return nil
}

// letGo lets others watch the pair.
func (wp *watchedPair) letGo() {
	if wp.claim == nil {
		return
	}
	if err := wp.claim.Close(); err != nil {
		wp.opener.Log.Info("closing the socket", "profile", wp.pair.ProfileName(), "because", err)
	}
}

// answer says what the pair is doing, for other commands.
func (wp *watchedPair) answer() daemon.Report {
	wp.mu.Lock()
	failed, notices := wp.failed, wp.notices
	mode, tls := wp.connection()
	wp.mu.Unlock()
	r := daemon.Report{
		PID: os.Getpid(), Profile: wp.pair.ProfileName(), Local: wp.pair.Local, Remote: wp.pair.Remote.String(),
		Direction: wp.pair.Direction.String(), Started: wp.started, Notices: notices, Status: wp.watch.Status(),
		Mode: mode, TLS: tls,
	}
	if w := wp.local(); w != nil {
		r.Queue += w.State().Waiting // paths that have not come to rest
	}
	r.InStep = wp.state.inStep() && (r.State == watch.Idle || r.State == watch.Syncing) && r.Queue == 0 && r.Failed == 0
	if r.State == watch.Syncing {
		r.Progress = wp.state.progress()
	}
	if failed != nil && (r.State == watch.Waiting || r.State == watch.Halted) {
		r.Exit = ExitCode(failed)
	}
	return r
}
