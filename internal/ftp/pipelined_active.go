package ftp

import (
	"runtime"
	"time"
)

// In active mode the server connects to us as soon as it has read the transfer
// command, and that can go out together with EPRT: what the server sends is here
// a round trip earlier than in passive mode. So where both work, listings and
// small downloads that come one after another go by EPRT. All else, and whatever
// has trouble on that way, keeps to the mode that is known to work.

// Limits of the swift way.
const (
	pipelinedTrial = 2 * time.Second // for the first connection
	pipelinedLimit = 4 * time.Second
	PipelineFrom   = 8 // transfers that must be waiting for a trial to be worth it
)

// swiftState is what is known about the swift way.
type pipelinedState uint8

const (
	pipelinedUnknown pipelinedState = iota
	pipelinedTrying                 // by one session, at this moment
	pipelinedWorks
	pipelinedFails
)

// asksBeforeListening reports whether this system may ask the user when a program
// listens on a port. Nothing is tried there that was not asked for.
func PromptsOnListen() bool { return runtime.GOOS == "windows" || runtime.GOOS == "darwin" }

// knowSwift takes over what is known of the server. pyftpdlib answers EPRT when it
// has connected, and out of turn.
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

// swift returns the active mode to be used for a transfer of which many follow,
// 0 for none, and how long the server may take to come.
func (t *modeTracker) pipelinedMode(many bool) (m dataMode, limit time.Duration) {
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

// swiftWent notes how a transfer on the swift way began. Where it did not work
// once, nothing goes that way any more.
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

// swiftUntried takes a trial back that came to no end.
func (t *modeTracker) forgetPipelinedTrial() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pipelined == pipelinedTrying {
		t.pipelined = pipelinedUnknown
	}
}

// runPipelined gives the commands of t in one piece, in active mode. It reports
// false where t is to go another way, with nothing sent.
func (c *controlConn) runPipelined(t *Transfer) (done bool, err error) {
	if !t.Series || t.upload || c.serial {
		return false, nil
	}
	m, limit := c.modes.pipelinedMode(t.Many)
	if m == 0 {
		return false, nil
	}
	a := &attempt{c: c, t: t, mode: m, limit: min(limit, c.deadlines.timeout), together: true}
	var port string
	if a.listener, err = c.listenForData(); err == nil {
		defer a.listener.close()
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
	case err == nil, c.deadlines.context().Err() != nil, a.trace.Why == "" && c.last.Code == 421:
		c.modes.forgetPipelinedTrial() // it tells nothing
	default:
		c.dead = true // the transfer command went out as well
		c.modes.notePipelined(false)
		c.opts.Log.Info("active mode is not of use for what comes", "why", err)
		err = &Error{Op: "opening a data connection", Class: Retry, Err: a.trace.fails(err.Error(), a.trace.Cause)}
	}
	return true, err
}

// runTogether is an attempt in active mode whose commands go out in one piece.
func (a *attempt) runTogether(port string) error {
	told, err := a.prepare(port)
	if err != nil {
		return err
	}
	if a.t.start.Refused() {
		a.c.dead = true // it sends another directory now
		return nil
	}
	return a.finishActive(told)
}
