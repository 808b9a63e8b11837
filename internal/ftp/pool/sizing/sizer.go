// Package sizing decides how many sessions with a server pay. It is pure: samples of what was
// moved so far go in, a number of sessions comes out.
package sizing

import "time"

// Few is the number of sessions that are opened without proof that they pay.
const Few = 4

// Work is what sessions are used for. Each has a size of its own.
type Work uint8

// The kinds of work.
const (
	Listings Work = iota
	SmallFiles
	LargeFiles
	works
)

// Sizes are the sessions that were found to pay, by work; 0: not known.
type Sizes [works]int

// A Sample says what the sessions have done up to a moment.
type Sample struct {
	At      time.Duration // since some fixed moment
	Open    int           // sessions that are logged in
	Waiting int           // jobs without a session
	Moved
}

// Moved is what all sessions together have done so far.
type Moved struct {
	Listings, Files, Bytes int64         // begun, and moved
	Jobs                   int64         // listings and files that were followed by another one on their session
	JobTime                time.Duration // of all these, until the next one began
}

// Limits of a window, which is a stretch of time in which throughput is measured.
const (
	largeFile   = 1 << 20                // bytes, from where on a transfer shows its rate before its end
	largeWindow = time.Second            // of large files: several round trips, with time to get up to speed
	quiet       = 250 * time.Millisecond // without any transfer: what sessions do then is not measured
)

// A Sizer finds the size. It grows while a larger one moves more: where round trips are what
// takes time, twice the sessions do twice the work. Where the line, the server or its disk is
// full, or the server answers more slowly, they do not.
type Sizer struct {
	most  int
	sizes Sizes // allowed without further proof
	paid  Sizes // the largest that was seen to pay

	work   Work
	from   Sample // the start of the window
	last   Sample
	served time.Duration // time of all sessions together in the window
	rates  [works]rate   // the last that was worth its sessions
	doubts [works]int    // windows in a row in which more sessions did not pay
}

// A rate is what was moved in a second, in jobs or in bytes, and with how many sessions in the
// mean.
type rate struct{ sessions, perSecond float64 }

// New returns a sizer that goes up to most sessions and begins with what was found before.
func New(most int, known Sizes) *Sizer {
	z := &Sizer{most: most, work: works}
	for w, n := range known {
		z.sizes[w] = min(most, max(n, Few))
	}
	return z
}

// Size returns how many sessions a kind of work will have, as far as that can be foreseen.
func (z *Sizer) Size(w Work) int {
	if z.rates[w].sessions == 0 && z.sizes[w] <= Few {
		return z.most // nothing speaks against it
	}
	return z.sizes[w]
}

// Found returns the sizes to begin with the next time, those of known where nothing was found.
func (z *Sizer) Found(known Sizes) Sizes {
	for w, n := range z.paid {
		if n > 0 && (n < z.most || n > known[w]) { // the user's most says nothing about more
			known[w] = n
		}
	}
	return known
}

// Expect says that work of a kind is coming.
func (z *Sizer) Expect(w Work) { z.work = w }

// Want returns how many sessions there should be. It must be called whenever s.Open changes,
// and from time to time while jobs wait.
func (z *Sizer) Want(s Sample) int {
	z.served += time.Duration(z.last.Open) * (s.At - z.last.At)
	idle := z.last.Waiting == 0
	z.last = s
	moved := Moved{Listings: s.Listings - z.from.Listings, Files: s.Files - z.from.Files, Bytes: s.Bytes - z.from.Bytes,
		Jobs: s.Jobs - z.from.Jobs, JobTime: s.JobTime - z.from.JobTime}
	switch none := moved == (Moved{}); {
	case idle, none && s.At-z.from.At > quiet:
		z.begin(s)
	case !none:
		z.work = moved.work()
		z.measure(moved, s.At-z.from.At)
	}
	if z.work == works {
		return min(Few, z.most)
	}
	w := z.work
	if z.rates[w].sessions > 0 && z.doubts[w] == 0 {
		z.paid[w] = max(z.paid[w], min(s.Open, z.sizes[w]))
	}
	return z.sizes[w]
}

// begin begins a window.
func (z *Sizer) begin(s Sample) { z.from, z.served = s, 0 }

// work tells what was moved.
func (m Moved) work() Work {
	switch {
	case m.Listings > m.Files:
		return Listings
	case m.Bytes >= largeFile*max(1, m.Files):
		return LargeFiles
	}
	return SmallFiles
}

// measure ends the window where it shows enough, and decides about the size.
func (z *Sizer) measure(m Moved, elapsed time.Duration) {
	r := rate{sessions: max(1, float64(z.served)/float64(max(1, elapsed)))}
	switch {
	case z.work == LargeFiles && elapsed >= largeWindow:
		r.perSecond = float64(m.Bytes) / elapsed.Seconds()
	case z.work != LargeFiles && m.Jobs >= int64(z.last.Open+1)/2 && m.JobTime > 0:
		r.perSecond = r.sessions * float64(m.Jobs) / m.JobTime.Seconds() // what a job takes is exact, also while sessions are opened
	default:
		return
	}
	z.decide(r)
	z.begin(z.last)
}

// What decides.
const (
	alike      = 1.1  // so many times the sessions are as good as the same
	wider      = 1.5  // and with so many the rates can be compared
	worth      = 0.25 // of what the further sessions would move at the rate of those before
	mostDoubts = 3    // windows in a row in which more sessions do not pay can be bad luck
)

// decide compares a rate with the one that was worth it last.
func (z *Sizer) decide(r rate) {
	w, open := z.work, z.last.Open
	paid := &z.rates[w]
	switch wide := r.sessions / paid.sessions; {
	case paid.sessions == 0, wide < 1/alike:
		*paid = r
	case wide < alike:
		paid.perSecond = (paid.perSecond + r.perSecond) / 2
	case wide < wider: // it may go on: one window says little
	case r.perSecond/paid.perSecond-1 >= worth*(wide-1):
		*paid = r
	default:
		z.sizes[w] = max(min(z.sizes[w], open), min(Few, z.most))
		if z.doubts[w]++; z.paid[w] <= Few || z.doubts[w] > mostDoubts {
			z.paid[w] = min(z.most, int(paid.sessions+0.5))
		}
		return
	}
	z.doubts[w] = 0
	step := 2 // a look at large files takes long, and more of them than the line carries do harm
	if w != LargeFiles {
		step = max(step, open/2)
	}
	z.sizes[w] = min(z.most, max(z.sizes[w], open+step))
}
