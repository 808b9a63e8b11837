package remote

import (
	"time"

	"ferry/sync"
)

// foresightFresh is how long a look that was taken with the lock counts as one
// right before a change. It is about what a look over a slow line takes to come.
const foresightFresh = 500 * time.Millisecond

// portFresh is how long a port that the server opened ahead is relied upon.
const portFresh = 3 * time.Second

var _ sync.Foreseer = (*Directory)(nil)

// A foresight is what the server said, in the batch that took the lock and behind
// it, of the places that the pass begins with.
type foresight struct {
	at     time.Time
	places []place
	seen   []looked
}

// Foresee implements [sync.Foreseer].
func (d *Directory) Foresee(steps []sync.Step) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next, d.fore = steps, nil
}

// lookAhead appends to the batch for the lock what the first steps begin with: the
// looks of renamings, or the port for an upload. took is called when the lock was
// taken.
func (d *Directory) lookAhead(b *script, s *session) (took func()) {
	d.mu.Lock()
	steps := d.next
	d.fore = nil
	d.mu.Unlock()
	if len(steps) == 0 || s.oneByOne() {
		return func() {}
	}
	switch steps[0].Op {
	case sync.Put:
		if steps[0].Want.Size < resumeFrom {
			return s.portAhead(b)
		}
	case sync.Move:
		if hasMLST(s.features()) {
			return d.looksAhead(b, s, steps[:groupLength(steps)])
		}
	}
	return func() {}
}

func (d *Directory) looksAhead(b *script, s *session, steps []sync.Step) (took func()) {
	fore := &foresight{}
	for _, step := range steps {
		m := d.newMoving(step, &sync.Outcome{})
		if m.open() {
			fore.places = append(fore.places, m.from, m.to)
		}
	}
	fore.seen = make([]looked, len(fore.places))
	for i, at := range fore.places {
		ask(b, s.features(), at.String(), &fore.seen[i])
	}
	return func() {
		if !hasMLST(s.features()) {
			return // it turned out not to know the command
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		fore.at = time.Now()
		d.fore = fore
	}
}

// foreseen returns what was seen of exactly these places right before, once.
func (d *Directory) foreseen(places []place) ([]looked, bool) {
	d.mu.Lock()
	fore := d.fore
	d.fore, d.next = nil, nil
	d.mu.Unlock()
	if fore == nil || len(fore.places) != len(places) || time.Since(fore.at) > foresightFresh {
		return nil, false
	}
	for i, at := range places {
		if at != fore.places[i] || d.specials.has(at) {
			return nil, false
		}
	}
	return fore.seen, true
}

// portAhead appends the question for a port to the batch, where the transfer that
// follows is going to ask for one.
func (s *session) portAhead(b *script) (took func()) {
	if !s.c.book.isProven(modeEPSV) {
		return func() {}
	}
	var port reply
	b.note(modeEPSV.String(), &port)
	return func() {
		if port.code == 229 && !s.dead() {
			s.c.port, s.c.portAt = port, time.Now()
		}
	}
}

// takePort returns the answer to EPSV that was asked for ahead, where t begins
// with that, and nothing else was sent since.
func (c *control) takePort(t *transfer, ask string) (told reply, ok bool) {
	told = c.port
	c.port = reply{}
	if told.code == 0 || ask != modeEPSV.String() || t.together || t.passed != nil || len(t.before) > 0 || len(t.ahead.lines) > 0 {
		return told, false
	}
	return told, !c.dead && c.owed == 0 && c.behind == nil && time.Since(c.portAt) < portFresh
}
