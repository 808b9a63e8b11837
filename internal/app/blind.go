package app

import (
	"context"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote"
	"ferry/sync/remote/blind"
)

// openFarSide connects to the server for passes, and returns its side and the base as
// passes over it may use it. allow is [sync.Options.Allow].
func (o *Opener) openFarSide(ctx context.Context, p *Pair, opts PassOptions, record *manifest.Store, engine *sync.Options) (Store, sync.Recorder, error) {
	if !p.Blind {
		far, err := o.openServer(ctx, p, opts)
		if err != nil {
			return nil, nil, err
		}
		return far, o.seenRecord(record), nil
	}
	server, err := o.passServerOptions(ctx, p, opts)
	if err != nil {
		return nil, nil, err
	}
	far, err := remote.OpenBlind(ctx, server)
	if err != nil {
		return nil, nil, connecting(err)
	}
	if record.Unseen() == 0 {
		server.Notice("this is the first push that does not look at the server: files there that have the names of those sent now are replaced")
	}
	sent := blind.NewRecord(record)
	engine.Blind = true
	engine.Allow = doubtFirst(sent, engine.Allow)
	return far, sent, nil
}

// seenRecord returns the base for passes that look at the server.
func (o *Opener) seenRecord(record *manifest.Store) sync.Recorder {
	if record.Unseen() == 0 {
		return record
	}
	return blind.SeenOnly(record)
}

// doubtFirst returns an [sync.Options.Allow] that asks allow, and then notes in the record
// what the plan is about to touch.
func doubtFirst(record *blind.Record, allow func(context.Context, *sync.Plan) error) func(context.Context, *sync.Plan) error {
	return func(ctx context.Context, plan *sync.Plan) error {
		if allow != nil {
			if err := allow(ctx, plan); err != nil {
				return err
			}
		}
		return record.Doubt(plan)
	}
}
