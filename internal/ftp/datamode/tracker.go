package datamode

import (
	"fmt"
	"slices"
	stdsync "sync"
	"time"
)

// maxFailures is how many times in a row a mode that worked may fail before others
// are tried. One session that hangs says little about the mode.
const maxFailures = 2

// TrialLimit is how long opening a data connection may take in a mode that is not
// known to work.
const TrialLimit = 4 * time.Second

// A Tracker keeps what is known about the data modes of one server. All sessions
// of a pool share it, and its methods may be called from several goroutines.
type Tracker struct {
	// These are set before the first use.
	Allow   []Mode        // the modes that the options permit
	Learned func(Mode)    // called when a mode is found to work; may be nil
	Warn    func(string)  // called when a mode stopped working; may be nil
	Trial   time.Duration // in place of TrialLimit; 0: TrialLimit

	mu           stdsync.Mutex
	first        Mode     // the mode that is tried first; 0: not known
	proven       bool     // a data connection was opened in mode first
	recalled     bool     // first is from an earlier run
	failures     int      // failures of mode first in a row
	failedTraces []*Trace // of modes that failed since one worked

	pipelined       Pipelined        // see pipelined.go
	mayTryPipelined bool             // whether pipelined active mode may be tried
	onPipelined     func(works bool) // called when it is found out; may be nil
}

// Recall makes the mode with this name, which worked in an earlier run, the first to be
// tried; another name says that none is known.
func (t *Tracker) Recall(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.first, t.recalled = parse(name)
}

// Candidates returns the modes to try, best first, without those that failed since
// one last worked, and the traces of those that failed. Where all have failed, modes
// is empty, and the next call begins anew.
func (t *Tracker) Candidates() (modes []Mode, failed []*Trace) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first != 0 && slices.Contains(t.Allow, t.first) && !t.hasFailed(t.first) {
		modes = append(modes, t.first)
	}
	for _, m := range t.Allow {
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

func (t *Tracker) hasFailed(m Mode) bool {
	return slices.ContainsFunc(t.failedTraces, func(trace *Trace) bool { return trace.Mode == m.String() })
}

// Unreached reports whether the server accepted EPRT or PORT but could not connect
// to our listener.
func (t *Tracker) Unreached() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.failedTraces, func(trace *Trace) bool { return trace.Unreached })
}

// IsProven reports whether a data connection was opened in mode m, and the mode has
// not been given up since.
func (t *Tracker) IsProven(m Mode) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.proven && t.first == m
}

// Recalls reports whether mode m worked in an earlier run and has not failed in this
// one.
func (t *Tracker) Recalls(m Mode) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.recalled && t.first == m && !t.hasFailed(m)
}

// Current returns the mode that is tried first, 0 where none is known yet.
func (t *Tracker) Current() Mode {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first
}

// Worked notes that a data connection was opened in mode m.
func (t *Tracker) Worked(m Mode) {
	t.mu.Lock()
	changed := t.first != m || !t.proven
	t.first, t.proven, t.failures = m, true, 0
	learned := t.Learned
	t.mu.Unlock()
	if changed && learned != nil {
		learned(m)
	}
}

// ToleratesFailure counts a failure in mode m. It reports whether the mode worked
// before and has not failed too often in a row, so that the session may be to blame.
func (t *Tracker) ToleratesFailure(m Mode) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.proven || t.first != m {
		return false
	}
	t.failures++
	return t.failures <= maxFailures
}

// Failed notes that mode m does not work. Where it did before, all other modes are
// tried again.
func (t *Tracker) Failed(m Mode, trace *Trace) {
	t.mu.Lock()
	stopped := t.proven && t.first == m
	if stopped {
		t.failedTraces, t.proven = nil, false
	}
	if !t.hasFailed(m) {
		t.failedTraces = append(slices.Clone(t.failedTraces), trace)
	}
	warn := t.Warn
	t.mu.Unlock()
	if stopped && warn != nil {
		warn(fmt.Sprintf("data connections by %s stopped working (%s); trying others", m, trace.Why))
	}
}

// Limit returns how long opening a connection in mode m may take, at most timeout. A
// mode that is known to work gets more time, since the server may be busy.
func (t *Tracker) Limit(m Mode, timeout time.Duration) time.Duration {
	if t.IsProven(m) {
		return min(2*t.TrialTime(timeout), timeout)
	}
	return t.TrialTime(timeout)
}

// TrialTime returns the limit for a mode that is not known to work, at most timeout.
func (t *Tracker) TrialTime(timeout time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Trial > 0 {
		return min(t.Trial, timeout)
	}
	return min(TrialLimit, timeout)
}
