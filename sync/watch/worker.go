package watch

import (
	"context"

	"ferry/sync"
)

// A job is something to be done with the sides.
type job struct {
	ctx   context.Context
	do    doing
	scope sync.Scope
}

// A worker does one job after the other. It alone uses the sides.
type worker struct {
	k    *Keeper
	pair Opened // nil: they are not connected
}

// run does jobs until there are no more.
func (w *worker) run(jobs <-chan job, outcomes chan<- outcome) {
	for j := range jobs {
		out := w.do(j)
		out.aborted = out.err != nil && j.ctx.Err() != nil
		outcomes <- out
	}
	close(outcomes)
}

func (w *worker) do(j job) (out outcome) {
	switch j.do {
	case opening:
		w.pair, out.err = w.k.o.Open(j.ctx)
		if out.err != nil {
			w.pair = nil
			return out
		}
		_, out.rests = w.pair.(Rester)
	case closing:
		w.close()
	case reading:
		for dir := range w.pair.Dirs() {
			out.dirs = append(out.dirs, dir)
		}
	case resting:
		w.pair.(Rester).Rest(j.ctx)
	case looking, passing, polling:
		w.pass(j, &out)
	}
	return out
}

// pass makes a pass. One that would look at nothing is none.
func (w *worker) pass(j job, out *outcome) {
	if j.do != looking && j.scope.Empty() {
		return
	}
	w.k.trail.take()
	done := w.k.o.Looking()
	defer done()
	if j.do == looking {
		out.sum, out.err = w.pair.Sync(j.ctx)
	} else {
		out.sum, out.err = w.pair.SyncPaths(j.ctx, j.scope)
	}
	out.trace = w.k.trail.take()
}

func (w *worker) close() {
	if w.pair == nil {
		return
	}
	if err := w.pair.Close(); err != nil {
		w.k.o.Log.Warn("letting go of the pair", "error", err)
	}
	w.pair = nil
}
