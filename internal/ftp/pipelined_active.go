package ftp

import (
	"runtime"
	"time"
)

// In active mode the transfer command can go out in one piece with EPRT, and the
// server connects to us as soon as it has read both. So the data arrives a round trip
// earlier than in passive mode. Where both modes work, listings and small downloads
// that follow one another use pipelined EPRT. Everything else, and every server where
// it fails, keeps to the mode that is known to work.

// PipelineFrom is how many transfers must be waiting for a trial of pipelined active
// mode to be worth it.
const PipelineFrom = 8

// How long the server may take to connect to us in pipelined active mode.
const (
	pipelinedTrial = 2 * time.Second // the first time
	pipelinedLimit = 4 * time.Second
)

// A pipelinedState is what is known about pipelined active mode with one server.
type pipelinedState uint8

const (
	pipelinedUnknown pipelinedState = iota
	pipelinedTrying                 // one session tries it at this moment
	pipelinedWorks
	pipelinedFails
)

// PromptsOnListen reports whether this system may ask the user for permission when a
// program listens on a port. There active mode is not tried unless the user asked for
// it.
func PromptsOnListen() bool { return runtime.GOOS == "windows" || runtime.GOOS == "darwin" }

// restorePipelined takes over what is known about the server. Pipelined active mode is
// of no use with one that has the quirk AnswersEPRTLate.
func (t *modeTracker) restorePipelined(f *Features, o Options) {
	works, known := f.Known(ReachesActivePort)
	late := f.Has(AnswersEPRTLate)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mayTryPipelined = o.Mode == Auto && !late
	switch {
	case late || o.Mode == Passive || known && !works:
		t.pipelined = pipelinedFails
	case known && o.Mode == Auto:
		t.pipelined = pipelinedWorks
	}
	t.onPipelined = func(works bool) { f.Observe(ReachesActivePort, works) }
}

// pipelinedMode returns the mode for a pipelined active transfer, 0 for none, and how
// long the server may take to connect. many says that a trial is worth it.
func (t *modeTracker) pipelinedMode(many bool) (m DataMode, limit time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.proven || t.pipelined == pipelinedFails:
		return 0, 0
	case t.first.active():
		m, limit = t.first, pipelinedLimit
	case t.pipelined == pipelinedWorks:
		m, limit = modeEPRT, pipelinedLimit
	case t.pipelined == pipelinedUnknown && many && t.mayTryPipelined && !PromptsOnListen():
		t.pipelined = pipelinedTrying
		m, limit = modeEPRT, pipelinedTrial
	}
	if t.trial > 0 {
		limit = min(limit, t.trial)
	}
	return m, limit
}

// notePipelined notes whether a pipelined active transfer began. After one failure
// there are no more of them.
func (t *modeTracker) notePipelined(works bool) {
	t.mu.Lock()
	state := pipelinedFails
	if works {
		state = pipelinedWorks
	}
	changed := t.pipelined != state && !t.first.active()
	t.pipelined = state
	notify := t.onPipelined
	t.mu.Unlock()
	if changed && notify != nil {
		notify(works)
	}
}

// forgetPipelinedTrial takes back a trial that had no result.
func (t *modeTracker) forgetPipelinedTrial() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pipelined == pipelinedTrying {
		t.pipelined = pipelinedUnknown
	}
}

// runPipelined sends the commands of t in one piece, in active mode. It returns false,
// and has sent nothing, where t must use the usual modes.
func (c *controlConn) runPipelined(t *Transfer) (done bool, err error) {
	if !t.Series || t.upload || c.serial {
		return false, nil
	}
	m, limit := c.modes.pipelinedMode(t.Many)
	if m == 0 {
		return false, nil
	}
	a := &attempt{c: c, t: t, mode: m, limit: min(limit, c.deadlines.Timeout), together: true}
	var port string
	if a.listener, err = c.listenForData(); err == nil {
		defer a.listener.Close()
		port, err = a.portCommand()
	}
	if err != nil {
		c.modes.forgetPipelinedTrial()
		return false, nil
	}
	a.trace = newTrace(m, c.sock.LocalAddr(), c.sock.RemoteAddr())
	t.traces = append(t.traces, a.trace)
	err = a.runTogether(port)
	switch {
	case err == nil && t.start.Preliminary():
		a.trace.Works = true
		c.modes.notePipelined(true)
	case err == nil, c.deadlines.Context().Err() != nil, a.trace.Why == "" && c.last.Code == 421:
		c.modes.forgetPipelinedTrial() // no result
	default:
		c.dead = true // the transfer command has gone out as well
		c.modes.notePipelined(false)
		c.opts.Log.Info("pipelined active mode does not work", "why", err)
		err = &Error{Op: "opening a data connection", Class: Retry, Err: a.trace.fails(err.Error(), a.trace.Cause)}
	}
	return true, err
}

// runTogether is runActive with all commands in one piece.
func (a *attempt) runTogether(port string) error {
	told, err := a.prepare(port)
	if err != nil {
		return err
	}
	if a.t.start.Refused() {
		a.c.dead = true // without the CWD, the server now sends the wrong directory
		return nil
	}
	return a.finishActive(told)
}
