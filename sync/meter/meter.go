// Package meter counts how far a pass has come.
package meter

import (
	stdsync "sync"

	"ferry/sync"
)

// Work counts visible actions, and the bytes of their transfers.
type Work struct {
	Actions int
	Bytes   int64
}

// A Meter counts how far a pass has come. The zero Meter is ready. Its methods may
// be called from any goroutine.
type Meter struct {
	mu          stdsync.Mutex
	done, total Work
}

// Observe takes an event of the pass, and reports whether it changed the count.
func (m *Meter) Observe(ev sync.Event) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch ev := ev.(type) {
	case sync.Planned:
		m.done, m.total = Work{}, workOf(ev.Plan)
	case sync.Progress:
		m.done.Bytes += ev.N
	case sync.Finished:
		if !ev.Action.Visible() {
			return false
		}
		m.done.Actions++
	case sync.Refused:
		m.done.Actions++
	default:
		return false
	}
	return true
}

// Reset forgets the last pass.
func (m *Meter) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done, m.total = Work{}, Work{}
}

// Count returns what is done, and the total of the plan, zero before there is one.
func (m *Meter) Count() (done, total Work) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.done, m.total
}

// workOf counts the visible actions of the plan and the bytes that they transfer.
func workOf(p *sync.Plan) Work {
	s := p.Summary()
	w := Work{Bytes: s.BytesUp + s.BytesDown}
	for _, a := range p.Actions.All() {
		if a.Visible() {
			w.Actions++
		}
	}
	return w
}
