package datamode

import (
	"runtime"
	"time"
)

// How long the server may take to connect to us in pipelined active mode.
const (
	pipelinedTrial = 2 * time.Second // the first time
	pipelinedLimit = 4 * time.Second
)

// A Pipelined is what is known about pipelined active mode with one server.
type Pipelined uint8

// The states.
const (
	PipelinedUnknown Pipelined = iota
	PipelinedTrying            // one session tries it at this moment
	PipelinedWorks
	PipelinedFails
)

// PromptsOnListen reports whether this system may ask the user for permission when a
// program listens on a port. There active mode is not tried unless the user asked for
// it.
func PromptsOnListen() bool { return runtime.GOOS == "windows" || runtime.GOOS == "darwin" }

// RestorePipelined takes over what is known about the server; PipelinedUnknown changes
// nothing. mayTry says whether a trial is allowed. learned is called when it is found out
// whether the mode works; it may be nil.
func (t *Tracker) RestorePipelined(known Pipelined, mayTry bool, learned func(works bool)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mayTryPipelined, t.onPipelined = mayTry, learned
	if known != PipelinedUnknown {
		t.pipelined = known
	}
}

// PipelinedMode returns the mode for a pipelined active transfer, 0 for none, and how
// long the server may take to connect. many says that a trial is worth it.
func (t *Tracker) PipelinedMode(many bool) (m Mode, limit time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.proven || t.pipelined == PipelinedFails:
		return 0, 0
	case t.first.Active():
		m, limit = t.first, pipelinedLimit
	case t.pipelined == PipelinedWorks:
		m, limit = EPRT, pipelinedLimit
	case t.pipelined == PipelinedUnknown && many && t.mayTryPipelined && !PromptsOnListen():
		t.pipelined = PipelinedTrying
		m, limit = EPRT, pipelinedTrial
	}
	if t.Trial > 0 {
		limit = min(limit, t.Trial)
	}
	return m, limit
}

// NotePipelined notes whether a pipelined active transfer began. After one failure
// there are no more of them.
func (t *Tracker) NotePipelined(works bool) {
	t.mu.Lock()
	state := PipelinedFails
	if works {
		state = PipelinedWorks
	}
	changed := t.pipelined != state && !t.first.Active()
	t.pipelined = state
	notify := t.onPipelined
	t.mu.Unlock()
	if changed && notify != nil {
		notify(works)
	}
}

// ForgetPipelinedTrial takes back a trial that had no result.
func (t *Tracker) ForgetPipelinedTrial() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pipelined == PipelinedTrying {
		t.pipelined = PipelinedUnknown
	}
}
