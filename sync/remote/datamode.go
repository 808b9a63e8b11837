package remote

import (
	"fmt"
	"slices"
	stdsync "sync"
	"time"
)

// mostStrikes is how often in a row a mode that worked may fail before others
// are tried: one session that hangs says little about the way.
const mostStrikes = 2

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
type modeBook struct {
	mu       stdsync.Mutex
	allow    []dataMode
	first    dataMode // to be tried first; 0: none
	proven   bool     // a data connection was opened in mode first
	recalled bool     // first is from an earlier run
	strikes  int      // failures in mode first since then
	failed   []*Ladder
	learned  func(dataMode) // told of a mode that works; may be nil
	warn     func(string)   // told of a mode that stopped working; may be nil
	trial    time.Duration  // 0: trialLimit

	swiftState swiftState // see swift.go
	mayTry     bool       // to find out
	swiftTold  func(works bool)
}

// order returns the modes to try, without those that failed since the last one
// worked. It is empty when all of them failed; then the slate is wiped.
func (b *modeBook) order() (modes []dataMode, failed []*Ladder) {
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
	failed = b.failed
	if len(modes) == 0 {
		b.failed, b.first, b.proven = nil, 0, false
	}
	return modes, failed
}

func (b *modeBook) hasFailed(m dataMode) bool {
	return slices.ContainsFunc(b.failed, func(l *Ladder) bool { return l.Mode == m.String() })
}

// unreached reports whether the server did not come to our listener, though it
// took the command.
func (b *modeBook) unreached() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.failed, func(l *Ladder) bool { return l.unreached })
}

func (b *modeBook) isProven(m dataMode) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.proven && b.first == m
}

// recalls reports whether mode m worked the last time that this server was used,
// and nothing has been heard of it since.
func (b *modeBook) recalls(m dataMode) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.recalled && b.first == m && !b.hasFailed(m)
}

// favourite returns the mode that is tried first, 0 where none is known yet.
func (b *modeBook) favourite() dataMode {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.first
}

// works notes that a data connection was opened in mode m.
func (b *modeBook) works(m dataMode) {
	b.mu.Lock()
	news := b.first != m || !b.proven
	b.first, b.proven, b.strikes = m, true, 0
	learned := b.learned
	b.mu.Unlock()
	if news && learned != nil {
		learned(m)
	}
}

// strike notes a failure in mode m, which worked before, and reports whether that
// may have been the session's fault.
func (b *modeBook) strike(m dataMode) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.proven || b.first != m {
		return false
	}
	b.strikes++
	return b.strikes <= mostStrikes
}

// fails notes that mode m does not work. Where it did before, all others get
// another chance.
func (b *modeBook) fails(m dataMode, l *Ladder) {
	b.mu.Lock()
	stopped := b.proven && b.first == m
	if stopped {
		b.failed, b.proven = nil, false
	}
	if !b.hasFailed(m) {
		b.failed = append(slices.Clone(b.failed), l)
	}
	warn := b.warn
	b.mu.Unlock()
	if stopped && warn != nil {
		warn(fmt.Sprintf("data connections by %s stopped working (%s); trying others", m, l.Why))
	}
}

// limit returns how long mode m may take, given the timeout: more where it is
// known to work, since the server may be busy.
func (b *modeBook) limit(m dataMode, timeout time.Duration) time.Duration {
	if b.isProven(m) {
		return min(2*b.trialTime(timeout), timeout)
	}
	return b.trialTime(timeout)
}

func (b *modeBook) trialTime(timeout time.Duration) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.trial > 0 {
		return min(b.trial, timeout)
	}
	return min(trialLimit, timeout)
}
