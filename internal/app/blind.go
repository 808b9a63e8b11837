package app

import (
	"context"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/readonly"
	"ferry/sync/remote"
	"ferry/sync/remote/blind"
)

// openFarSide connects to the server for passes, and returns its side and the base as
// passes over it may use it.
func (o *Opener) openFarSide(ctx context.Context, p *Pair, opts PassOptions, record *manifest.Store, engine *sync.Options) (Store, sync.Recorder, error) {
	if !p.Blind {
		far, err := o.openServer(ctx, p, opts)
		if err != nil {
			return nil, nil, err
		}
		far.Fit(engine, record.Files)
		if p.Target != nil { // a copy only reads from here
			return readonly.Side{Store: far}, record, nil
		}
		return far, o.seenRecord(record), nil
	}
	server, err := o.passServerOptions(ctx, p, opts)
	if err != nil {
		return nil, nil, err
	}
	sent := blind.NewRecord(record)
	far, err := remote.OpenBlind(ctx, server, sent)
	if err != nil {
		return nil, nil, connecting(p, err)
	}
	if record.Unseen() == 0 {
		server.Notice("this is the first push that does not look at the server: files there that have the names of those sent now are replaced")
	}
	engine.Blind = true
	return far, sent, nil
}

// seenRecord returns the base for passes that look at the server.
func (o *Opener) seenRecord(record *manifest.Store) sync.Recorder {
	if record.Unseen() == 0 {
		return record
	}
	return blind.SeenOnly(record)
}
