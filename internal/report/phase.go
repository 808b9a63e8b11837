package report

import (
	"fmt"
	stdsync "sync"
	"time"

	"ferry/internal/text"
	"ferry/sync"
)

// A phase is what a pass waits for before it has a plan. Its methods may be called from
// any goroutine.
type phase struct {
	now func() time.Time
	// copy says that both sides are on servers.
	copy bool

	mu    stdsync.Mutex
	what  string
	since time.Time
	seen  [2]string // what each side has, "" where it is still listed
}

// longWait is from when on the time that was waited is told.
const longWait = 3 * time.Second

// set begins to wait for something. now is the clock.
func (p *phase) set(what string, now func() time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what, p.now, p.since, p.seen = what, now, now(), [2]string{}
}

// listed notes that a side was listed.
func (p *phase) listed(ev sync.Scanned) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[ev.Side] = text.Count(ev.Files, "file")
	other := ev.Side.Other()
	switch {
	case p.seen[other] != "":
		p.what = "comparing both sides"
	case p.copy:
		head := Head{Copy: true}
		p.what = fmt.Sprintf("listing the %s (%s at the %s)", head.side(other), p.seen[ev.Side], head.side(ev.Side))
	case other == sync.Remote:
		p.what = "listing the server (" + p.seen[ev.Side] + " here)"
	default:
		p.what = "listing the local directory (" + p.seen[ev.Side] + " on the server)"
	}
}

// comparing notes how far the comparison of contents has come.
func (p *phase) comparing(ev sync.Comparing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what = comparing(ev)
}

// text says what is waited for, and for how long already.
func (p *phase) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if waited := p.now().Sub(p.since); waited >= longWait {
		return fmt.Sprintf("%s, %s", p.what, Span(waited))
	}
	return p.what
}
