package site

import "context"

// Lock implements [deploy.Server].
func (srv *Server) Lock(ctx context.Context) (release func(), waited bool, err error) {
	release, waited, err = srv.lock.Take(ctx)
	return release, waited, giveUp(err)
}
