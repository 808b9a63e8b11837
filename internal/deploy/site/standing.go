package site

import (
	"context"
	"strings"
	stdsync "sync"

	"ferry/internal/ftp"
)

// Some servers do not remove the working directory of a session.

// standing remembers which sessions stand in a directory that they have listed.
type standing struct {
	mu stdsync.Mutex
	in map[*ftp.Session]string
}

// enters notes that a session is going to stand in dir.
func (st *standing) enters(s *ftp.Session, dir string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.in == nil {
		st.in = make(map[*ftp.Session]string)
	}
	st.in[s] = dir
}

func (st *standing) leaves(s *ftp.Session) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.in, s)
}

// isBelow reports whether s stands in one of dirs, or below one.
func (st *standing) isBelow(s *ftp.Session, dirs []string) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	in, stands := st.in[s]
	for _, dir := range dirs {
		if stands && strings.HasPrefix(in+"/", dir+"/") {
			return true
		}
	}
	return false
}

// returnToRoot makes the site the working directory of s at the end of a batch.
func (srv *Server) returnToRoot(s *ftp.Session, b *ftp.Batch) {
	b.Add("CWD "+srv.dir(srv.root), func(r ftp.Reply) {
		if r.OK() {
			srv.standing.leaves(s)
		}
	})
}

// leaveListedDirs has idle sessions leave the directories that are to be removed.
func (srv *Server) leaveListedDirs(ctx context.Context, removed []string) {
	srv.pool.EachIdle(func(s *ftp.Session) {
		if !srv.standing.isBelow(s, removed) {
			return
		}
		var b ftp.Batch
		srv.returnToRoot(s, &b)
		if b.Run(ctx, s) != nil {
			s.GiveUp()
		}
	})
}
