package ftp

import "ferry/internal/ftp/datamode"

// In active mode the transfer command can go out in one piece with EPRT, and the
// server connects to us as soon as it has read both. So the data arrives a round trip
// earlier than in passive mode. Where both modes work, listings and small downloads
// that follow one another use pipelined EPRT. Everything else, and every server where
// it fails, keeps to the mode that is known to work.

// PipelineFrom is how many transfers must be waiting for a trial of pipelined active
// mode to be worth it.
const PipelineFrom = 8

// PromptsOnListen reports whether this system may ask the user for permission when a
// program listens on a port. There active mode is not tried unless the user asked for
// it.
func PromptsOnListen() bool { return datamode.PromptsOnListen() }

// restorePipelined tells modes what is known about the server. Pipelined active mode is
// of no use with one that has the quirk AnswersEPRTLate.
func restorePipelined(modes *datamode.Tracker, f *Features, o Options) {
	works, known := f.Known(ReachesActivePort)
	late := f.Has(AnswersEPRTLate)
	state := datamode.PipelinedUnknown
	switch {
	case late || o.Mode == Passive || known && !works:
		state = datamode.PipelinedFails
	case known && o.Mode == Auto:
		state = datamode.PipelinedWorks
	}
	modes.RestorePipelined(state, o.Mode == Auto && !late, func(works bool) { f.Observe(ReachesActivePort, works) })
}

// runPipelined sends the commands of t in one piece, in active mode. It returns false,
// and has sent nothing, where t must use the usual modes.
func (c *controlConn) runPipelined(t *Transfer) (done bool, err error) {
	if !t.Series || t.upload || c.serial {
		return false, nil
	}
	m, limit := c.modes.PipelinedMode(t.Many)
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
		c.modes.ForgetPipelinedTrial()
		return false, nil
	}
	a.trace = datamode.NewTrace(m, c.sock.LocalAddr(), c.sock.RemoteAddr())
	t.traces = append(t.traces, a.trace)
	err = a.runTogether(port)
	switch {
	case err == nil && t.start.Preliminary():
		a.trace.Works = true
		c.modes.NotePipelined(true)
	case err == nil, c.deadlines.Context().Err() != nil, a.trace.Why == "" && c.last.Code == 421:
		c.modes.ForgetPipelinedTrial() // no result
	default:
		c.dead = true // the transfer command has gone out as well
		c.modes.NotePipelined(false)
		c.opts.Log.Info("pipelined active mode does not work", "why", err)
		err = &Error{Op: "opening a data connection", Class: Retry, Err: a.trace.Fails(err.Error(), a.trace.Cause)}
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
