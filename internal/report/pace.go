package report

import (
	"fmt"
	"math"
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
func (p *pace) text(now time.Time) string { return p.textIn(now, math.MaxInt) }

// textIn returns as much of text as fits beside the per cent into width columns: the sizes
// are left out first, and then the speed.
func (p *pace) textIn(now time.Time, width int) string {
	at, ok := p.at(now)
	if !ok {
		return "looking"
	}
	done, total := at.done, at.total
	steps := fmt.Sprintf("%d/%d", done.Actions, total.Actions)
	if total.Bytes == 0 {
		return steps
	}
	sizes, speed := fmt.Sprintf("  %s/%s", Size(done.Bytes), Size(total.Bytes)), ""
	if spent := at.spent.Seconds(); spent > 0.5 {
		speed = fmt.Sprintf("  %s/s", Size(int64(float64(done.Bytes)/spent)))
	}
	room := width - len(at.short()) - 2
	for _, text := range []string{steps + sizes + speed, steps + speed} {
		if len(text) <= room {
			return text
		}
	}
	return steps
}
