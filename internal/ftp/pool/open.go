package pool

import (
	"fmt"
	"time"

	"ferry/internal/ftp"
)

// openOne opens a session for whoever waits longest.
func (p *Pool) openOne() {
	s, err := p.from.login(p.ctx)
	p.mu.Lock()
	p.dialing--
	lost := err == nil && p.closed
	switch {
	case lost:
	case err == nil:
		p.attempts = 0
		p.limit, p.pause = p.limit.opened(p.open, time.Now()), p.pause.opened(p.open, time.Now())
		p.sample(time.Now())
		p.give(s)
	default:
		p.open--
		if !p.closed {
			p.failed(err)
		}
	}
	p.crowded = p.crowded && p.dialing > 0
	tell := p.dialing == 0 && p.untold && !p.told // the limit may become smaller until then
	p.told = p.told || tell
	n := p.limit.n
	p.mu.Unlock()
	if lost {
		p.drop(s)
	}
	if tell {
		p.o.Notice(fmt.Sprintf("server allows only %s; going on with %d", connections(n), n))
		p.o.Log.Info("server takes no more connections", "limit", n, "because", err)
		p.remember()
	}
	p.wake()
}

// A verdict is what follows from a login that failed.
type verdict uint8

const (
	again   verdict = iota // at once
	later                  // after a wait
	tooMany                // the server does not want as many
	shaky                  // do not insist while other sessions work
	final
)

// judge decides what a login that failed means. others is how many sessions there are besides;
// first says that none was ever opened, and attempts how many logins in a row have failed before.
func judge(err error, others int, first bool, attempts, retries int) verdict {
	class, _ := ftp.ClassOf(err)
	if !first && class == ftp.Login {
		class = ftp.Busy // it was right before: some servers say so when they are full
	}
	switch {
	case ftp.IsModeTrial(err):
		return again // each mode gets its try; there are four at most
	case others > 0 && class == ftp.Busy:
		return tooMany
	case others > 0:
		return shaky
	case class == ftp.Login, class == ftp.Server, attempts >= retries, first && class == ftp.Connect && attempts >= 1:
		return final
	}
	return later
}

// failed notes that a login has failed. p.mu is held.
func (p *Pool) failed(err error) {
	now := time.Now()
	switch judge(err, p.open, p.from.isNew(), p.attempts, p.o.Retries) {
	case again:
		p.nextDial = now
	case tooMany:
		if p.crowded {
			// Servers count logins that they are about to refuse: of three at a time none may
			// get in where there is room for one. What is refused alone tells the limit.
			p.alone, p.expected, p.nextDial = true, 0, now.Add(settles)
			break
		}
		before := p.limit.n
		p.limit, p.expected = p.limit.refused(p.open, now), 0
		p.untold = p.untold || p.limit.n != before
	case shaky:
		p.pause, p.expected = p.pause.refused(p.open, now), 0
		p.o.Log.Info("no other connection for now", "because", err)
	case later:
		p.pause = limit{} // no other session works
		if len(p.waiting) == 0 {
			break
		}
		p.o.Log.Info("connecting again", "attempt", p.attempts+1, "because", err)
		p.nextDial = now.Add(p.o.Backoff(p.attempts))
		p.attempts++
		return
	case final:
		p.pause = limit{}
		p.failWaiting(ftp.Fatal(err))
	}
	p.attempts = 0
}

func connections(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return fmt.Sprintf("%d connections", n)
}
