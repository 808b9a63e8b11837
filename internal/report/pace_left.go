package report

import (
	"fmt"
	"time"

	"ferry/internal/text"
	"ferry/sync/meter"
)

// A progress is how far a piece of work has come at some time.
type progress struct {
	done, total meter.Work
	spent       time.Duration
}

// estimateAfter is how long work goes on before its speed and end are told.
const estimateAfter = 2 * time.Second

// share returns how much of the work is done, from 0 to 1.
func (p progress) share() float64 {
	all := weight(p.total)
	if all <= 0 {
		return 0
	}
	return min(weight(p.done)/all, 1)
}

// weight is what work counts: its bytes, and something for each action, so that thousands
// of empty files count, too.
func weight(w meter.Work) float64 { return float64(w.Bytes) + actionWeight*float64(w.Actions) }

// left returns how much longer the work is likely to take; ok is false where that is not
// known yet.
func (p progress) left() (d time.Duration, ok bool) {
	share := p.share()
	if p.spent < estimateAfter || share < 0.005 {
		return 0, false
	}
	d = time.Duration(float64(p.spent) * (1 - share) / share)
	if d > 48*time.Hour {
		return 0, false
	}
	return d.Round(time.Second), true
}

// short returns "45%  1m20s left", for a bar.
func (p progress) short() string {
	s := fmt.Sprintf("%3.0f%%", 100*p.share())
	if left, ok := p.left(); ok {
		s += "  " + Span(left) + " left"
	}
	return s
}

// line returns "45%, 12 of 340 steps, 34 MB of 1.2 GB, 3.4 MB/s, 1m20s left".
func (p progress) line() string {
	s := fmt.Sprintf("%.0f%%, %d of %s", 100*p.share(), p.done.Actions, text.Count(p.total.Actions, "step"))
	if p.total.Bytes > 0 {
		s += fmt.Sprintf(", %s of %s", Size(p.done.Bytes), Size(p.total.Bytes))
		if p.spent >= estimateAfter {
			s += fmt.Sprintf(", %s/s", Size(int64(float64(p.done.Bytes)/p.spent.Seconds())))
		}
	}
	if left, ok := p.left(); ok {
		s += ", " + Span(left) + " left"
	}
	return s
}

// at returns how far the pass has come at some time; ok is false before there is
// something to do.
func (p *pace) at(now time.Time) (progress, bool) {
	p.mu.Lock()
	began := p.began
	p.mu.Unlock()
	done, total := p.meter.Count()
	return progress{done, total, now.Sub(began)}, total.Actions > 0
}
