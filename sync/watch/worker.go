package watch

import (
	"context"

	"ferry/manifest"
	"ferry/sync"
)

// A job is a task for the worker.
type job struct {
	ctx   context.Context
	task  task
	scope sync.Scope // of a partial pass or a poll
}

// An outcome is the result of a job.
type outcome struct {
	err       error
	cancelled bool // err is due to the context of the job
	summary   sync.Summary
	events    passEvents
	canRest   bool            // the session that was opened is a [Rester]
	dirs      []manifest.Path // that were read
}

// A worker does one job after the other. Nobody else uses the session.
type worker struct {
	watch   *Watch
	session Session // nil: not connected
}

// run returns when jobs is closed.
func (w *worker) run(jobs <-chan job, outcomes chan<- outcome) {
	for j := range jobs {
		out := w.do(j)
		out.cancelled = out.err != nil && j.ctx.Err() != nil
		outcomes <- out
	}
	close(outcomes)
}

func (w *worker) do(j job) (out outcome) {
	switch j.task {
	case taskOpen:
		w.session, out.err = w.watch.options.Open(j.ctx)
		if out.err != nil {
			w.session = nil
			return out
		}
		_, out.canRest = w.session.(Rester)
	case taskClose:
		w.close()
	case taskReadDirs:
		for dir := range w.session.Dirs() {
			out.dirs = append(out.dirs, dir)
		}
	case taskRest:
		w.session.(Rester).Rest(j.ctx)
	case taskFull, taskPart, taskPoll:
		w.pass(j, &out)
	}
	return out
}

// pass makes a pass, unless its scope is empty.
func (w *worker) pass(j job, out *outcome) {
	if j.task != taskFull && j.scope.Empty() {
		return
	}
	w.watch.events.take()
	done := w.watch.options.BeginScan()
	defer done()
	if j.task == taskFull {
		out.summary, out.err = w.session.Sync(j.ctx)
	} else {
		out.summary, out.err = w.session.SyncPaths(j.ctx, j.scope)
	}
	out.events = w.watch.events.take()
}

func (w *worker) close() {
	if w.session == nil {
		return
	}
	if err := w.session.Close(); err != nil {
		w.watch.options.Log.Warn("closing the pair", "error", err)
	}
	w.session = nil
}
