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

// A day is a random history of a pair: hints, and everything that can go wrong.
type day struct {
	*stage
	r      *rand.Rand
	log    []string
	hinted []hinted
	causes []time.Time // when something happened that is a reason for a pass
	bad    map[manifest.Path]bool
	giving func() // of a pair that is lent
	calls  []call
}

type hinted struct {
	path manifest.Path // the root for everything
	at   time.Time
}

func (d *day) path() manifest.Path {
	return manifest.Path([]string{"a", "a/b", "a/b/c", "d", "d/e", "f"}[d.r.IntN(6)])
}

func (d *day) cause(format string, args ...any) {
	d.log = append(d.log, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
	d.causes = append(d.causes, time.Now())
}

// answers is what passes come to: files that are bad fail, and now and then there
// is something to do.
func (d *day) answers(c *call) {
	for p := range d.bad {
		touched := c.do == "full"
		for _, q := range c.scope.Local {
			touched = touched || p.Within(q)
		}
		if touched {
			c.sum.Failed++
			c.failed = append(c.failed, p)
			d.k.Observe(sync.Finished{Action: &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: p}, Err: errGone})
		}
	}
	if len(c.scope.Local) > 0 && time.Now().UnixMilli()%4 == 0 {
		c.sum.Uploaded = 1
	}
}

// happen lets one thing happen.
func (d *day) happen() {
	switch n := d.r.IntN(16); n {
	case 0, 1, 2, 3, 4:
		p := d.path()
		d.cause("hint %s", p)
		d.hinted = append(d.hinted, hinted{p, time.Now()})
		d.hint(p)
	case 5:
		d.cause("hint of everything")
		d.hinted = append(d.hinted, hinted{manifest.Root, time.Now()})
		d.hints <- Hint{Everything: true}
	case 6:
		d.cause("network gone")
		d.set(func() { d.openErr, d.passErr = errGone, errGone })
	case 7:
		d.cause("disk gone")
		d.set(func() { d.passErr = errEmptied })
	case 8:
		d.cause("held")
		d.set(func() { d.passErr = sync.ErrHeld })
	case 9, 10:
		d.cause("well again")
		d.set(func() { d.openErr, d.passErr = nil, nil })
	case 11:
		d.cause("poke")
		d.k.Poke()
	case 12:
		d.cause("asleep, or the clock is set")
		d.setJump(time.Duration(d.r.IntN(7200)-3600) * time.Second)
	case 13:
		p := d.path()
		d.cause("%s fails: %v", p, !d.bad[p])
		d.set(func() {
			if d.bad[p] {
				delete(d.bad, p)
			} else {
				d.bad[p] = true
			}
		})
	case 14:
		d.lendOrNot()
	case 15:
		n := d.r.IntN(100)
		d.cause("%d directories", n)
		d.set(func() {
			d.dirs = nil
			for i := range n {
				d.dirs = append(d.dirs, manifest.Path(fmt.Sprintf("dir%03d", i)))
			}
		})
	}
}

func (d *day) lendOrNot() {
	if d.giving != nil {
		d.cause("given back")
		d.giving()
		d.giving = nil
		return
	}
	ctx, cancel := context.WithTimeout(d.t.Context(), 10*time.Second)
	defer cancel()
	giveBack, err := d.k.Lend(ctx)
	d.cause("lent: %v", err)
	if err == nil {
		d.giving = giveBack
	}
}

// recover makes everything well, and lets time go by for what was missed.
func (d *day) recover() {
	if d.giving != nil {
		d.giving()
	}
	d.set(func() { d.openErr, d.passErr = nil, nil; clear(d.bad) })
	d.cause("all is well")
	d.pass(45 * time.Minute) // less than until the next hourly pass
}

// covered reports whether one of calls that began at or after a time, and came to its
// end, looked at p; what failed in it must be looked at after it.
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

// covers reports whether a pass that came to its end looked at p.
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

func (d *day) check(t *testing.T) {
	for _, h := range d.hinted {
		if !covered(d.calls, h.path, h.at) {
			t.Errorf("the hint of %q at %v was lost", h.path, h.at.Format("15:04:05.000"))
		}
	}
	d.checkRates(t)
	d.checkPolls(t)
}

// checkRates looks whether there was a minute with more passes than causes
// account for: what a cause leads to is repeated with growing pauses only.
func (d *day) checkRates(t *testing.T) {
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

// checkPolls looks whether the server was looked at all the time that the pair
// was well and in hand.
func (d *day) checkPolls(t *testing.T) {
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
			t.Errorf("the server was not looked at from %v to %v", last.Format("15:04:05"), c.began.Format("15:04:05"))
		}
		last = c.began
	}
}

// Whatever happens in whatever order: no two passes overlap, no hint is lost, the
// server is looked at, and nothing runs hot.
func TestRandomDays(t *testing.T) {
	days := 300
	if testing.Short() {
		days = 60
	}
	for seed := range days {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			var d *day
			on(t, func(o *Options, f *fake) {
				f.takes = func(c call) time.Duration { return time.Duration(r.IntN(4000)) * time.Millisecond }
				f.answer = func(c *call) { d.answers(c) }
				d = &day{r: rand.New(rand.NewPCG(uint64(seed), 2)), bad: make(map[manifest.Path]bool)}
			}, func(t *testing.T, s *stage) {
				d.stage = s
				for range 200 {
					d.happen()
					d.pass(time.Duration(d.r.ExpFloat64() * float64([]time.Duration{time.Second, time.Minute}[d.r.IntN(2)])))
				}
				d.recover()
				d.calls = s.take()
				d.check(t)
				for s.k.Status().State == Passing {
					d.pass(time.Second)
				}
				if got := s.k.Status(); got.State != Idle || got.Queue != 0 {
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
