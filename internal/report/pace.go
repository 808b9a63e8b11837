package report

import (
	"fmt"
	"time"

	stdsync "sync"

	"ferry/sync"
	"ferry/sync/meter"
)

// A pace is how far and how fast a pass goes. Its methods may be called from any
// goroutine.
type pace struct {
	meter meter.Meter

	mu    stdsync.Mutex
	began time.Time // the transfers
}

// observe takes an event of the pass, and reports whether there is news.
func (p *pace) observe(ev sync.Event, now time.Time) bool {
	if _, planned := ev.(sync.Planned); planned {
		p.mu.Lock()
		p.began = now
		p.mu.Unlock()
	}
	return p.meter.Observe(ev)
}

// text returns "12/340  34 MB/1.2 GB  3.4 MB/s", or that there is nothing to do
// yet.
func (p *pace) text(now time.Time) string {
	at, ok := p.at(now)
	if !ok {
		return "looking"
	}
	done, total := at.done, at.total
	text := fmt.Sprintf("%d/%d", done.Actions, total.Actions)
	if total.Bytes > 0 {
		text += fmt.Sprintf("  %s/%s", Size(done.Bytes), Size(total.Bytes))
		if spent := at.spent.Seconds(); spent > 0.5 {
			text += fmt.Sprintf("  %s/s", Size(int64(float64(done.Bytes)/spent)))
		}
	}
	return text
}
