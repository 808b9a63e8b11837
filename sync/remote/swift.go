package remote

import (
	"runtime"
	"time"
)

// In active mode the server connects to us as soon as it has read the transfer
// command, and that can go out together with EPRT: what the server sends is here
// a round trip earlier than in passive mode. So where both work, listings and
// small downloads that come one after another go by EPRT. All else, and whatever
// has trouble on that way, keeps to the mode that is known to work.

// seenSwift says in what is remembered of a server that its connections get
// through to us.
const seenSwift = "active"

// Limits of the swift way.
const (
	swiftTrial = 2 * time.Second // for the first connection
	swiftLimit = 4 * time.Second
	swiftMany  = 8 // transfers that must be waiting for a trial to be worth it
)

// swiftState is what is known about the swift way.
type swiftState uint8

const (
	swiftUnknown swiftState = iota
	swiftTried              // by one session, at this moment
	swiftWorks
	swiftFails
)

// asksBeforeListening reports whether this system may ask the user when a program
// listens on a port. Nothing is tried there that was not asked for.
func asksBeforeListening() bool { return runtime.GOOS == "windows" || runtime.GOOS == "darwin" }

// knowSwift takes over what is known of the server. pyftpdlib answers EPRT when it
// has connected, and out of turn.
func (b *modeBook) knowSwift(f *features, o Options) {
	works, known := f.seen(seenSwift)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mayTry = o.Mode == Auto && !f.pyftpdlib
	switch {
	case f.pyftpdlib || o.Mode == Passive || known && !works:
		b.swiftState = swiftFails
	case known && o.Mode == Auto:
		b.swiftState = swiftWorks
	}
	b.swiftTold = func(works bool) { f.see(seenSwift, works) }
}

// swift returns the active mode to be used for a transfer of which many follow,
// 0 for none, and how long the server may take to come.
func (b *modeBook) swift(many bool) (m dataMode, limit time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.proven || b.swiftState == swiftFails:
		return 0, 0
	case b.first.active():
		m, limit = b.first, swiftLimit
	case b.swiftState == swiftWorks:
		m, limit = modeEPRT, swiftLimit
	case b.swiftState == swiftUnknown && many && b.mayTry && !asksBeforeListening():
		b.swiftState = swiftTried
		m, limit = modeEPRT, swiftTrial
	}
	if b.trial > 0 {
		limit = min(limit, b.trial)
	}
	return m, limit
}

// swiftWent notes how a transfer on the swift way began. Where it did not work
// once, nothing goes that way any more.
func (b *modeBook) swiftWent(works bool) {
	b.mu.Lock()
	state := swiftFails
	if works {
		state = swiftWorks
	}
	news := b.swiftState != state && !b.first.active()
	b.swiftState = state
	told := b.swiftTold
	b.mu.Unlock()
	if news && told != nil {
		told(works)
	}
}

// swiftUntried takes a trial back that came to no end.
func (b *modeBook) swiftUntried() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.swiftState == swiftTried {
		b.swiftState = swiftUnknown
	}
}

// runSwiftly gives the commands of t in one piece, in active mode. It reports false
// where t is to go another way, with nothing sent.
func (c *control) runSwiftly(t *transfer) (done bool, err error) {
	if !t.swift || t.upload || c.single {
		return false, nil
	}
	m, limit := c.book.swift(t.many)
	if m == 0 {
		return false, nil
	}
	d, err := c.openDoor()
	if err != nil {
		c.book.swiftUntried()
		return false, nil
	}
	defer d.close()
	invitation, err := c.invitation(m, d)
	if err != nil {
		c.book.swiftUntried()
		return false, nil
	}
	l := newLadder(m, c.wire.LocalAddr(), c.wire.RemoteAddr())
	t.ladders = append(t.ladders, l)
	t.together, t.limit = true, limit
	err = c.invite(t, m, invitation, d, l)
	switch {
	case err == nil && t.start.preliminary():
		l.Works = true
		c.book.swiftWent(true)
	case err == nil, c.watch.context().Err() != nil, l.Why == "" && c.last.code == 421:
		c.book.swiftUntried() // it tells nothing
	default:
		c.dead = true // the transfer command went out as well
		c.book.swiftWent(false)
		c.o.Log.Info("active mode is not of use for what comes", "why", err)
		err = &Error{Op: "opening a data connection", Class: Retry, Err: l.fails(err.Error(), l.Usually)}
	}
	return true, err
}

// invite is an attempt in active mode, the commands of which go out in one piece.
func (c *control) invite(t *transfer, m dataMode, invitation string, d *door, l *Ladder) error {
	told, err := c.prepare(t, invitation, d, l)
	if err != nil {
		return err
	}
	if t.start.refused() {
		c.dead = true // it sends another directory now
		return nil
	}
	return c.attemptActive(t, m, told, d, l)
}
