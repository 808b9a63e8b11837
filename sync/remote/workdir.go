package remote

import (
	"context"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// Some servers do not remove a directory that is the working directory of a
// session, and others end that session. So no session is left in a directory that
// may be removed.

// returnToRoot makes the root the working directory at the end of a batch.
func (srv *server) returnToRoot(b *ftp.Batch) {
	b.Add("CWD "+srv.names.Dir(manifest.Root), nil)
}

// returnAfterStat is returnToRoot where the questions of queueStat have changed the
// working directory.
func (srv *server) returnAfterStat(b *ftp.Batch, s *ftp.Session) {
	if !s.Features().HasMLST() {
		srv.returnToRoot(b)
	}
}

// leaveListedDirs makes idle sessions leave the directories that a scan listed on
// them.
func (srv *server) leaveListedDirs(ctx context.Context) {
	if !srv.inListedDirs.Swap(false) {
		return
	}
	srv.pool.EachIdle(func(s *ftp.Session) {
		if _, err := s.Command(ctx, "CWD "+srv.names.Dir(manifest.Root)); err != nil {
			s.GiveUp()
		}
	})
}
