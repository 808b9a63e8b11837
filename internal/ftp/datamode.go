package ftp

import (
	"fmt"
	"slices"
	stdsync "sync"
	"time"
)

// maxFailures is how many times in a row a mode that worked may fail before others
// are tried. One session that hangs says little about the mode.
const maxFailures = 2

// trialLimit is how long opening a data connection may take in a mode that is not
// known to work.
const trialLimit = 4 * time.Second

// DataMode is a way to open data connections.
type DataMode uint8

// The modes in the order in which they are tried: RFC 2428 before RFC 959, and
// connections to the server before connections to us, which few firewalls pass.
const (
	modeEPSV DataMode = iota + 1
	modePASV
	modeEPRT
	modePORT
)

var dataModes = []DataMode{modeEPSV, modePASV, modeEPRT, modePORT}

// String returns the command of the mode.
func (m DataMode) String() string { return [...]string{"", "EPSV", "PASV", "EPRT", "PORT"}[m] }

// active reports whether the server connects to us.
func (m DataMode) active() bool { return m == modeEPRT || m == modePORT }

// parseDataMode returns the mode that s names, and false where it names none.
func parseDataMode(s string) (DataMode, bool) {
	for _, m := range dataModes {
		if m.String() == s {
			return m, true
		}
	}
	return 0, false
}

// A modeTracker keeps what is known about the data modes of one server. All sessions
// of a pool share it, and its methods may be called from several goroutines.
type modeTracker struct {
	mu           stdsync.Mutex
	allow        []DataMode     // the modes that the options permit
	first        DataMode       // the mode that is tried first; 0: not known
	proven       bool           // a data connection was opened in mode first
	recalled     bool           // first is from an earlier run
	failures     int            // failures of mode first in a row
	failedTraces []*Trace       // of modes that failed since one worked
	learned      func(DataMode) // called when a mode is found to work; may be nil
	warn         func(string)   // called when a mode stopped working; may be nil
	trial        time.Duration  // in place of trialLimit; 0: trialLimit

	pipelined       pipelinedState   // see pipelined_active.go
	mayTryPipelined bool             // whether pipelined active mode may be tried
	onPipelined     func(works bool) // called when it is found out; may be nil
}

// candidates returns the modes to try, best first, without those that failed since
// one last worked, and the traces of those that failed. Where all have failed, modes
// is empty, and the next call begins anew.
func (t *modeTracker) candidates() (modes []DataMode, failed []*Trace) {
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

func (t *modeTracker) hasFailed(m DataMode) bool {
	return slices.ContainsFunc(t.failedTraces, func(trace *Trace) bool { return trace.Mode == m.String() })
}

// unreached reports whether the server accepted EPRT or PORT but could not connect
// to our listener.
func (t *modeTracker) unreached() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.failedTraces, func(trace *Trace) bool { return trace.unreached })
}

// isProven reports whether a data connection was opened in mode m, and the mode has
// not been given up since.
func (t *modeTracker) isProven(m DataMode) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.proven && t.first == m
}

// recalls reports whether mode m worked in an earlier run and has not failed in this
// one.
func (t *modeTracker) recalls(m DataMode) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.recalled && t.first == m && !t.hasFailed(m)
}

// current returns the mode that is tried first, 0 where none is known yet.
func (t *modeTracker) current() DataMode {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first
}

// worked notes that a data connection was opened in mode m.
func (t *modeTracker) worked(m DataMode) {
	t.mu.Lock()
	changed := t.first != m || !t.proven
	t.first, t.proven, t.failures = m, true, 0
	learned := t.learned
	t.mu.Unlock()
	if changed && learned != nil {
		learned(m)
	}
}

// toleratesFailure counts a failure in mode m. It reports whether the mode worked
// before and has not failed too often in a row, so that the session may be to blame.
func (t *modeTracker) toleratesFailure(m DataMode) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.proven || t.first != m {
		return false
	}
	t.failures++
	return t.failures <= maxFailures
}

// failed notes that mode m does not work. Where it did before, all other modes are
// tried again.
func (t *modeTracker) failed(m DataMode, trace *Trace) {
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

// limit returns how long opening a connection in mode m may take, at most timeout. A
// mode that is known to work gets more time, since the server may be busy.
func (t *modeTracker) limit(m DataMode, timeout time.Duration) time.Duration {
	if t.isProven(m) {
		return min(2*t.trialTime(timeout), timeout)
	}
	return t.trialTime(timeout)
}

// trialTime returns the limit for a mode that is not known to work, at most timeout.
func (t *modeTracker) trialTime(timeout time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.trial > 0 {
		return min(t.trial, timeout)
	}
	return min(trialLimit, timeout)
}
