package app

import (
	"context"

	"ferry/internal/deploy"
	"ferry/internal/history"
	"ferry/sync"
)

// recorder returns what writes into the history of a pair. It is nil, which writes nothing,
// where no history is kept. quiet leaves out passes that do nothing.
func (o *Opener) recorder(p *Pair, quiet bool) *history.Recorder {
	if o.Command == "" || p.LogKeep == 0 {
		return nil
	}
	return history.NewRecorder(history.Options{
		Book: history.Open(o.StateDir, p.StateKey(), max(p.LogKeep, 0)), Pair: p.StateKey(), Profile: p.ProfileName(), Command: o.Command,
		Sides: p.sides(),
		Quiet: quiet, Now: o.Now, Failed: o.historyFailed,
	})
}

// sides names both sides as people see them.
func (p *Pair) sides() history.Sides {
	if p.Target != nil {
		return history.Sides{Local: p.Remote.String(), Remote: p.Target.Remote.String(), Direction: sync.Push.String()}
	}
	return history.Sides{Local: p.Local, Remote: p.Remote.String(), Direction: p.Direction.String()}
}

// historyFailed says once that the history is not whole. That is no reason for a pass to fail.
func (o *Opener) historyFailed(err error) {
	if o.historyTold.CompareAndSwap(false, true) {
		o.Talk.Warn("what this run does is not written into the history, which \"ferry log\" shows: %v", err)
	}
}

// recordPass writes the end of a pass of a watch. One that was told to end has not failed.
func (wp *watchedPair) recordPass(ctx context.Context, s sync.Summary, err, hookErr error) {
	if ctx.Err() != nil && err != nil {
		wp.record.End(&s, ExitInterrupted, nil)
		return
	}
	err = PassResult{Err: err, HookErr: hookErr}.Error()
	wp.record.End(&s, PassCode(s, err), err)
}

// recordEvents has the events of a deploy written into the history as well.
func (d *Deployment) recordEvents() {
	if d.opts.DryRun {
		return
	}
	d.record = d.opener.recorder(d.pair, false)
	next := d.opts.Observer
	d.opts.Observer = func(ev deploy.Event) {
		d.record.Deploy(ev)
		next(ev)
	}
}

// recordEnd returns what writes the end of a deploy that began now.
func (d *Deployment) recordEnd(result *DeployResult, err *error) func() {
	began := d.opener.Now()
	return func() {
		s := summaryOf(nil, result)
		s.DeletedRemote, s.Seconds = result.Deleted, d.opener.Now().Sub(began).Seconds()
		d.record.End(&s, d.ExitCode(*result, *err), *err)
	}
}
