package ftp

import (
	"fmt"
	"slices"
	stdsync "sync"
	"time"
)

// mostStrikes is how often in a row a mode that worked may fail before others
// are tried: one session that hangs says little about the way.
const maxFailures = 2

// trialLimit is how long a data mode that is not known to work may take to give
// a connection.
const trialLimit = 4 * time.Second

// dataMode is a way to open data connections.
type dataMode uint8

// The modes, in the order in which they are tried: RFC 2428 before RFC 959, and
// connections to the server before those to us, which seldom pass a firewall.
const (
	modeEPSV dataMode = iota + 1
	modePASV
	modeEPRT
	modePORT
)

var dataModes = []dataMode{modeEPSV, modePASV, modeEPRT, modePORT}

func (m dataMode) String() string { return [...]string{"", "EPSV", "PASV", "EPRT", "PORT"}[m] }

func (m dataMode) active() bool { return m == modeEPRT || m == modePORT }

func parseDataMode(s string) (dataMode, bool) {
	for _, m := range dataModes {
		if m.String() == s {
			return m, true
		}
	}
	return 0, false
}

// A modeBook is what is known about the data modes of one server. All sessions
// of a pool share it.
type modeTracker struct {
	mu           stdsync.Mutex
	allow        []dataMode
	first        dataMode // to be tried first; 0: none
	proven       bool     // a data connection was opened in mode first
	recalled     bool     // first is from an earlier run
	failures     int      // failures in mode first since then
	failedTraces []*Trace
	learned      func(dataMode) // told of a mode that works; may be nil
	warn         func(string)   // told of a mode that stopped working; may be nil
	trial        time.Duration  // 0: trialLimit

	pipelined       pipelinedState // see swift.go
	mayTryPipelined bool           // to find out
	onPipelined     func(works bool)
}

// order returns the modes to try, without those that failed since the last one
// worked. It is empty when all of them failed; then the slate is wiped.
func (t *modeTracker) candidates() (modes []dataMode, failed []*Trace) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first != 0 && slices.Contains(t.allow, t.first) && !t.hasFailed(t.first) {
		modes = append(modes, t.first)
	}
	for _, m := range t.allow {
		if m != t.first && !t.hasFailed(m) {
			modes = append(modes, m)
		}
	}
	failed = t.failedTraces
	if len(modes) == 0 {
		t.failedTraces, t.first, t.proven = nil, 0, false
	}
	return modes, failed
}

func (t *modeTracker) hasFailed(m dataMode) bool {
	return slices.ContainsFunc(t.failedTraces, func(trace *Trace) bool { return trace.Mode == m.String() })
}

// unreached reports whether the server did not come to our listener, though it
// took the command.
func (t *modeTracker) unreached() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.failedTraces, func(trace *Trace) bool { return trace.unreached })
}

func (t *modeTracker) isProven(m dataMode) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.proven && t.first == m
}

// recalls reports whether mode m worked the last time that this server was used,
// and nothing has been heard of it since.
func (t *modeTracker) recalls(m dataMode) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.recalled && t.first == m && !t.hasFailed(m)
}

// favourite returns the mode that is tried first, 0 where none is known yet.
func (t *modeTracker) current() dataMode {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first
}

// works notes that a data connection was opened in mode m.
func (t *modeTracker) worked(m dataMode) {
	t.mu.Lock()
	changed := t.first != m || !t.proven
	t.first, t.proven, t.failures = m, true, 0
	learned := t.learned
	t.mu.Unlock()
	if changed && learned != nil {
		learned(m)
	}
}

// strike notes a failure in mode m, which worked before, and reports whether that
// may have been the session's fault.
func (t *modeTracker) toleratesFailure(m dataMode) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.proven || t.first != m {
		return false
	}
	t.failures++
	return t.failures <= maxFailures
}

// fails notes that mode m does not work. Where it did before, all others get
// another chance.
func (t *modeTracker) failed(m dataMode, trace *Trace) {
	t.mu.Lock()
	stopped := t.proven && t.first == m
	if stopped {
		t.failedTraces, t.proven = nil, false
	}
	if !t.hasFailed(m) {
		t.failedTraces = append(slices.Clone(t.failedTraces), trace)
	}
	warn := t.warn
	t.mu.Unlock()
	if stopped && warn != nil {
		warn(fmt.Sprintf("data connections by %s stopped working (%s); trying others", m, trace.Why))
	}
}

// limit returns how long mode m may take, given the timeout: more where it is
// known to work, since the server may be busy.
func (t *modeTracker) limit(m dataMode, timeout time.Duration) time.Duration {
	if t.isProven(m) {
		return min(2*t.trialTime(timeout), timeout)
	}
	return t.trialTime(timeout)
}

func (t *modeTracker) trialTime(timeout time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.trial > 0 {
		return min(t.trial, timeout)
	}
	return min(trialLimit, timeout)
}
