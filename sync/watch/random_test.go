package watch

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A history is a random sequence of hints, failures and requests.
type history struct {
	*harness
	r        *rand.Rand
	log      []string
	sent     []sentHint
	causes   []time.Time // when something happened that may cause a pass
	failing  map[manifest.Path]bool
	takeBack func() // ends a handover; nil: there is none
	calls    []call
}

type sentHint struct {
	path manifest.Path // the root: everything
	at   time.Time
}

func (d *history) path() manifest.Path {
	return manifest.Path([]string{"a", "a/b", "a/b/c", "d", "d/e", "f"}[d.r.IntN(6)])
}

func (d *history) logCause(format string, args ...any) {
	d.log = append(d.log, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
	d.causes = append(d.causes, time.Now())
}

// answerPass sets the outcome of a pass: failing files fail, and now and then
// something is uploaded.
func (d *history) answerPass(c *call) {
	for p := range d.failing {
		touched := c.do == "full"
		for _, q := range c.scope.Local {
			touched = touched || p.Within(q)
		}
		if touched {
			c.summary.Failed++
			c.failed = append(c.failed, p)
			d.w.Observe(sync.Finished{Action: &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: p}, Err: errGone})
		}
	}
	if len(c.scope.Local) > 0 && time.Now().UnixMilli()%4 == 0 {
		c.summary.Uploaded = 1
	}
}

// step does one random thing.
func (d *history) step() {
	switch n := d.r.IntN(16); n {
	case 0, 1, 2, 3, 4:
		p := d.path()
		d.logCause("hint %s", p)
		d.sent = append(d.sent, sentHint{p, time.Now()})
		d.hint(p)
	case 5:
		d.logCause("hint of everything")
		d.sent = append(d.sent, sentHint{manifest.Root, time.Now()})
		d.hints <- Hint{Everything: true}
	case 6:
		d.logCause("network down")
		d.set(func() { d.openErr, d.passErr = errGone, errGone })
	case 7:
		d.logCause("disk unmounted")
		d.set(func() { d.passErr = errEmptied })
	case 8:
		d.logCause("locked")
		d.set(func() { d.passErr = sync.ErrHeld })
	case 9, 10:
		d.logCause("all errors end")
		d.set(func() { d.openErr, d.passErr = nil, nil })
	case 11:
		d.logCause("poke")
		d.w.Poke()
	case 12:
		d.logCause("asleep, or the clock is set")
		d.setWallJump(time.Duration(d.r.IntN(7200)-3600) * time.Second)
	case 13:
		p := d.path()
		d.logCause("%s fails: %v", p, !d.failing[p])
		d.set(func() {
			if d.failing[p] {
				delete(d.failing, p)
			} else {
				d.failing[p] = true
			}
		})
	case 14:
		d.toggleHandover()
	case 15:
		n := d.r.IntN(100)
		d.logCause("%d directories", n)
		d.set(func() {
			d.dirs = nil
			for i := range n {
				d.dirs = append(d.dirs, manifest.Path(fmt.Sprintf("dir%03d", i)))
			}
		})
	}
}

func (d *history) toggleHandover() {
	if d.takeBack != nil {
		d.logCause("handover ends")
		d.takeBack()
		d.takeBack = nil
		return
	}
	ctx, cancel := context.WithTimeout(d.t.Context(), 10*time.Second)
	defer cancel()
	takeBack, err := d.w.HandOver(ctx)
	d.logCause("handover: %v", err)
	if err == nil {
		d.takeBack = takeBack
	}
}

// recover ends all errors, and lets time pass for what was missed.
func (d *history) recover() {
	if d.takeBack != nil {
		d.takeBack()
	}
	d.set(func() { d.openErr, d.passErr = nil, nil; clear(d.failing) })
	d.logCause("recovered")
	d.advance(45 * time.Minute) // less than until the next hourly pass
}

// covered reports whether a pass that began at or after from was completed and
// covered p. A later pass must cover what failed in it.
func covered(calls []call, p manifest.Path, from time.Time) bool {
	for i, c := range calls {
		if c.began.Before(from) || !c.covers(p) {
			continue
		}
		for _, q := range c.failed {
			if q.Within(p) && !covered(calls[i+1:], q, c.ended) {
				return false
			}
		}
		return true
	}
	return false
}

// covers reports whether c is a pass over p that was completed.
func (c call) covers(p manifest.Path) bool {
	if c.err != nil {
		return false
	}
	if c.do == "full" {
		return true
	}
	for _, q := range c.scope.Local {
		if p.Within(q) && p != manifest.Root {
			return true
		}
	}
	return false
}

func (d *history) check(t *testing.T) {
	for _, h := range d.sent {
		if !covered(d.calls, h.path, h.at) {
			t.Errorf("the hint of %q at %v was lost", h.path, h.at.Format("15:04:05.000"))
		}
	}
	d.checkRates(t)
	d.checkPolls(t)
}

// checkRates checks that no minute has more calls than its causes account for:
// retries come with growing delays.
func (d *history) checkRates(t *testing.T) {
	from, cause := 0, 0
	for i, c := range d.calls {
		for ; c.began.Sub(d.calls[from].began) > time.Minute; from++ {
		}
		for ; cause < len(d.causes) && c.began.Sub(d.causes[cause]) > 2*time.Minute; cause++ {
		}
		causes := 0
		for _, at := range d.causes[cause:] {
			if !at.After(c.began) {
				causes++
			}
		}
		if n := i - from + 1; n > 16+4*causes {
			t.Errorf("%d calls in the minute before %v, for %d causes", n, c.began.Format("15:04:05"), causes)
			return
		}
	}
}

// checkPolls checks that the server was polled all the time while there were no
// errors and no handover.
func (d *history) checkPolls(t *testing.T) {
	var last time.Time
	for _, c := range d.calls {
		switch {
		case c.err != nil || c.do == "close" || c.do == "open":
			last = time.Time{}
			continue
		case c.do != "poll" && c.do != "full":
			continue
		}
		if !last.IsZero() && c.began.Sub(last) > 6*time.Minute {
			t.Errorf("the server was not polled from %v to %v", last.Format("15:04:05"), c.began.Format("15:04:05"))
		}
		last = c.began
	}
}

// Whatever happens in whatever order: no two passes overlap, no hint is lost, the
// server is polled, and nothing is repeated without a delay.
func TestRandomHistories(t *testing.T) {
	histories := 300
	if testing.Short() {
		histories = 60
	}
	for seed := range histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			var d *history
			runWatch(t, func(o *Options, f *fake) {
				f.duration = func(c call) time.Duration { return time.Duration(r.IntN(4000)) * time.Millisecond }
				f.answer = func(c *call) { d.answerPass(c) }
				d = &history{r: rand.New(rand.NewPCG(uint64(seed), 2)), failing: make(map[manifest.Path]bool)}
			}, func(t *testing.T, s *harness) {
				d.harness = s
				for range 200 {
					d.step()
					d.advance(time.Duration(d.r.ExpFloat64() * float64([]time.Duration{time.Second, time.Minute}[d.r.IntN(2)])))
				}
				d.recover()
				d.calls = s.take()
				d.check(t)
				for s.w.Status().State == Syncing {
					d.advance(time.Second)
				}
				if got := s.w.Status(); got.State != Idle || got.Queue != 0 {
					t.Errorf("at the end: %+v", got)
				}
				if t.Failed() {
					for _, line := range d.log {
						t.Log(line)
					}
				}
			})
		})
	}
}
