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

// allowed returns the modes that a user's choice leaves.
func (m Mode) allowed() []dataMode {
	switch m {
	case Passive:
		return dataModes[:2]
	case Active:
		return dataModes[2:]
	}
	return dataModes
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
func (b *modeTracker) candidates() (modes []dataMode, failed []*Trace) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.first != 0 && slices.Contains(b.allow, b.first) && !b.hasFailed(b.first) {
		modes = append(modes, b.first)
	}
	for _, m := range b.allow {
		if m != b.first && !b.hasFailed(m) {
			modes = append(modes, m)
		}
	}
	failed = b.failedTraces
	if len(modes) == 0 {
		b.failedTraces, b.first, b.proven = nil, 0, false
	}
	return modes, failed
}

func (b *modeTracker) hasFailed(m dataMode) bool {
	return slices.ContainsFunc(b.failedTraces, func(l *Trace) bool { return l.Mode == m.String() })
}

// unreached reports whether the server did not come to our listener, though it
// took the command.
func (b *modeTracker) unreached() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.failedTraces, func(l *Trace) bool { return l.unreached })
}

func (b *modeTracker) isProven(m dataMode) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.proven && b.first == m
}

// recalls reports whether mode m worked the last time that this server was used,
// and nothing has been heard of it since.
func (b *modeTracker) recalls(m dataMode) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.recalled && b.first == m && !b.hasFailed(m)
}

// favourite returns the mode that is tried first, 0 where none is known yet.
func (b *modeTracker) current() dataMode {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.first
}

// works notes that a data connection was opened in mode m.
func (b *modeTracker) worked(m dataMode) {
	b.mu.Lock()
	news := b.first != m || !b.proven
	b.first, b.proven, b.failures = m, true, 0
	learned := b.learned
	b.mu.Unlock()
	if news && learned != nil {
		learned(m)
	}
}

// strike notes a failure in mode m, which worked before, and reports whether that
// may have been the session's fault.
func (b *modeTracker) toleratesFailure(m dataMode) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.proven || b.first != m {
		return false
	}
	b.failures++
	return b.failures <= maxFailures
}

// fails notes that mode m does not work. Where it did before, all others get
// another chance.
func (b *modeTracker) failed(m dataMode, l *Trace) {
	b.mu.Lock()
	stopped := b.proven && b.first == m
	if stopped {
		b.failedTraces, b.proven = nil, false
	}
	if !b.hasFailed(m) {
		b.failedTraces = append(slices.Clone(b.failedTraces), l)
	}
	warn := b.warn
	b.mu.Unlock()
	if stopped && warn != nil {
		warn(fmt.Sprintf("data connections by %s stopped working (%s); trying others", m, l.Why))
	}
}

// limit returns how long mode m may take, given the timeout: more where it is
// known to work, since the server may be busy.
func (b *modeTracker) limit(m dataMode, timeout time.Duration) time.Duration {
	if b.isProven(m) {
		return min(2*b.trialTime(timeout), timeout)
	}
	return b.trialTime(timeout)
}

func (b *modeTracker) trialTime(timeout time.Duration) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.trial > 0 {
		return min(b.trial, timeout)
	}
	return min(trialLimit, timeout)
}
