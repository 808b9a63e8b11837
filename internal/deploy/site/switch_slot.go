package site

import (
	"context"

	"ferry/internal/deploy"
	"ferry/sync/remote/list"
)

var _ deploy.SlotServer = (*Server)(nil)

// A slot is a directory of a site or of its work directory as a site of its own, over the same
// sessions and with the same lock.
type slot struct{ *Server }

// Slot implements [deploy.SlotServer].
func (srv *Server) Slot(at deploy.Place) deploy.Server {
	root := srv.root
	if at.Work {
		root = srv.work(at.Path)
	} else if at.Path != "" {
		root += "/" + at.Path
	}
	return slot{&Server{opts: srv.opts, pool: srv.pool, features: srv.features, root: root, lock: srv.lock,
		lister: list.Lister{Root: srv.dir(root), Format: srv.opts.ListFormat}}}
}

// Lock does nothing: the lock of the site is taken.
func (slot) Lock(context.Context) (release func(), waited bool, err error) {
	return func() {}, false, nil
}

// Close does nothing: the sessions are those of the site.
func (slot) Close() error { return nil }
