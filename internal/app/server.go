package app

import (
	"context"

	"ferry/internal/ftp/trust"
	"ferry/sync/remote"
)

// serverOptions returns what is needed to log in to the server of a pair.
func (o *Opener) serverOptions(ctx context.Context, p *Pair) (remote.Options, error) {
	server, err := o.connectOptions(p)
	if err != nil {
		return server, err
	}
	user, password, err := o.login(ctx, p, server.Options)
	if err != nil {
		return server, err
	}
	server.User, server.Password = user, func() (string, error) { return password, nil }
	return server, nil
}

// connectOptions returns what is needed to connect to the server of a pair.
func (o *Opener) connectOptions(p *Pair) (server remote.Options, err error) {
	server = remote.Options{Options: p.ServerOptions(), Path: p.Remote.Path, Absolute: p.Remote.Absolute}
	server.StateDir, server.Log = o.StateDir, o.Log
	if !p.alone {
		server.Servers = o.servers
	}
	mine := o.ownership(p, true)
	server.Owner, server.Boot, server.Machine = mine.Owner, mine.Boot, p.Machine
	server.TrashName = func() (string, error) { return o.trashName(p) }
	if p.CA != "" {
		if server.TLS, err = trust.Only(p.CA); err != nil {
			err = Usage(err, "it must be a PEM file, with -----BEGIN CERTIFICATE-----")
		}
	}
	return server, err
}

// connect connects to the server of a pair, not for passes. What the server's side
// has to remark is noted.
func (o *Opener) connect(ctx context.Context, p *Pair) (*remote.Directory, error) {
	server, err := o.serverOptions(ctx, p)
	if err != nil {
		return nil, err
	}
	server.Notice = o.note
	far, err := remote.Open(ctx, server)
	return far, connecting(p, err)
}
