package pool

import (
	"time"

	"ferry/internal/ftp/pool/sizing"
)

// Times between looks at whether another session pays.
const (
	// loginPace is the time between the beginnings of two logins: some servers count those
	// that come all at once as an attack.
	loginPace = 50 * time.Millisecond
	growPace  = loginPace / 2
	// settles is how long a server may count sessions that it has refused.
	settles = 200 * time.Millisecond
)

// startGrowing has sessions opened for those who wait. p.mu is held.
func (p *Pool) startGrowing() {
	if !p.growing && !p.closed {
		p.growing = true
		p.running.Go(p.grow)
	}
}

// wake has grow look at once.
func (p *Pool) wake() {
	select {
	case p.poke <- struct{}{}:
	default:
	}
}

// grow opens sessions as long as somebody waits for one.
func (p *Pool) grow() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		wait, goesOn := p.openMore(time.Now())
		if !goesOn {
			return
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-p.poke:
		case <-p.ctx.Done():
		}
	}
}

// openMore begins to open a session where another one pays. It returns the time until the next
// look, and false where nobody waits any more.
func (p *Pool) openMore(now time.Time) (wait time.Duration, goesOn bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.waiting) == 0 && p.expected <= p.open {
		p.growing, p.expected = false, 0
		return 0, false
	}
	more := p.open < p.want(now)
	if more && !now.Before(p.nextDial) && p.mayDial() {
		p.beginDial(now)
		p.running.Go(p.openOne)
	}
	if len(p.waiting) == 0 && !more { // what is expected is not worth more now
		p.expected = 0
	}
	if until := p.nextDial.Sub(now); more && until > growPace {
		return until, true
	}
	return growPace, true
}

// mayDial reports whether another login may begin beside those that are under way. p.mu is held.
func (p *Pool) mayDial() bool { return !p.alone || p.dialing == 0 }

// beginDial notes that a login begins. p.mu is held.
func (p *Pool) beginDial(at time.Time) {
	p.crowded = p.crowded || p.dialing > 0
	p.open++
	p.dialing++
	p.nextDial = at.Add(loginPace)
}

// want returns how many sessions there should be. p.mu is held.
func (p *Pool) want(now time.Time) int {
	if p.from.isNew() {
		return 1 // it finds out what the server can do
	}
	size := p.sample(now)
	if now.Before(p.urged) {
		size = max(size, p.open-p.dialing+1)
	}
	return min(size, max(p.open-p.dialing+len(p.waiting), p.expected), p.most(now))
}

// sample has the sizer see what was done, and returns what it wants. p.mu is held.
func (p *Pool) sample(now time.Time) int {
	return p.sizer.Want(sizing.Sample{At: now.Sub(p.began), Open: p.open - p.dialing, Waiting: len(p.waiting), Moved: p.from.moved()})
}

// most is how many sessions may be open now. p.mu is held.
func (p *Pool) most(now time.Time) int {
	if p.from.onlyOne() {
		return 1
	}
	return p.pause.allows(p.limit.allows(p.o.Connections, now), now)
}
