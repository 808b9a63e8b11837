package remote

import (
	"ferry/internal/ftp/pool/sizing"
	"ferry/sync"
)

// Fit fits the options of an engine to the sessions of the server. known returns how many
// files there are in the base.
func (d *Directory) Fit(o *sync.Options, known func() int) {
	if o.Workers == 0 {
		o.Workers = d.server.opts.Connections
	}
	o.Parts = func() int { return d.server.pool.Size(sizing.SmallFiles) }
	if o.DryRun {
		return
	}
	next := o.Observer
	o.Observer = func(ev sync.Event) {
		d.foresee(ev, known)
		if next != nil {
			next(ev)
		}
	}
}

// jobsPerSession is from how many jobs on another session is worth its login.
const jobsPerSession = 3

// foresee opens sessions for what an event says that will follow.
func (d *Directory) foresee(ev sync.Event, known func() int) {
	if n := sessionsFor(ev, known); n > 1 {
		d.server.pool.Expect(sizing.SmallFiles, n)
	}
}

// sessionsFor returns for how many sessions there will be work after an event.
func sessionsFor(ev sync.Event, known func() int) int {
	jobs := 0
	switch ev := ev.(type) {
	case sync.Scanned:
		if ev.Side == sync.Local {
			jobs = ev.Files - known() // they are new, or the server has them too and all is compared
		}
	case sync.Planned:
		for _, a := range ev.Plan.Actions.All() {
			if a.Op == sync.Upload || a.Op == sync.Download {
				jobs++
			}
		}
	}
	return jobs / jobsPerSession
}
