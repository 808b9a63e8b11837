package sizing

import (
	"testing"
	"time"
)

// A server serves jobs in a model of time: each session has one job after another.
type server struct {
	work  Work
	job   func(sessions int) time.Duration // how long a job takes
	bytes int64                            // of a job
}

// grow runs a sizer over a server, with jobs without end, and returns how many sessions there
// are at last, and when the last was opened.
func (s server) grow(z *Sizer, most int, for_ time.Duration) (open int, last time.Duration) {
	const tick, login = 10 * time.Millisecond, 50 * time.Millisecond
	var next time.Duration
	var busy []time.Duration // of each session: what its job still takes
	sample := Sample{Waiting: 100}
	var moved float64
	for ; sample.At < for_; sample.At += tick {
		for i := range busy {
			moved += float64(s.bytes) * float64(tick) / float64(s.job(len(busy)))
			if busy[i] -= tick; busy[i] <= 0 {
				took := s.job(len(busy))
				busy[i] += took
				sample.Jobs, sample.JobTime = sample.Jobs+1, sample.JobTime+took
				s.begin(&sample)
			}
		}
		sample.Open, sample.Bytes = len(busy), int64(moved)
		if want := z.Want(sample); len(busy) < min(want, most) && sample.At >= next {
			busy = append(busy, s.job(len(busy)+1))
			s.begin(&sample)
			last, next = sample.At, sample.At+login
		}
	}
	return len(busy), last
}

func (s server) begin(sample *Sample) {
	if s.work == Listings {
		sample.Listings++
	} else {
		sample.Files++
	}
}

// always is a server whose answers take the same time, whatever it does.
func always(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }

// shared is one that does all it can with n sessions.
func shared(d time.Duration, n int) func(int) time.Duration {
	return func(sessions int) time.Duration { return d * time.Duration(max(n, sessions)) / time.Duration(n) }
}

func TestGrowth(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name     string
		server   server
		known    Sizes
		most     int
		low, top int           // how many sessions there should be
		within   time.Duration // 0: any
	}{
		{"small files far away", server{SmallFiles, always(90 * ms), 4 << 10}, Sizes{}, 10, 10, 10, time.Second},
		{"small files nearby", server{SmallFiles, always(20 * ms), 4 << 10}, Sizes{}, 10, 10, 10, time.Second},
		{"small files at the end of the world", server{SmallFiles, always(900 * ms), 4 << 10}, Sizes{}, 10, 10, 10, 5 * time.Second},
		{"listings", server{Listings, always(90 * ms), 1 << 10}, Sizes{}, 10, 10, 10, time.Second},
		{"a number of the user", server{SmallFiles, always(90 * ms), 4 << 10}, Sizes{}, 3, 3, 3, 0},
		{"known to pay", server{SmallFiles, always(90 * ms), 4 << 10}, Sizes{SmallFiles: 10}, 10, 10, 10, 500 * ms},
		{"a server that serves two at a time", server{SmallFiles, shared(90*ms, 2), 4 << 10}, Sizes{}, 10, 4, 8, 0},
		{"a server that serves one at a time", server{Listings, shared(30*ms, 1), 1 << 10}, Sizes{}, 10, 4, 8, 0},
		{"large files, and the line is full", server{LargeFiles, shared(10*time.Second, 2), 64 << 20}, Sizes{}, 10, 4, 6, 0},
		{"large files, each held back by the server", server{LargeFiles, always(60 * time.Second), 64 << 20}, Sizes{}, 10, 10, 10, 5 * time.Second},
		{"nothing is seen to move", server{SmallFiles, always(time.Hour), 0}, Sizes{}, 10, 4, 4, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := New(c.most, c.known)
			open, last := c.server.grow(z, c.most, 20*time.Second)
			if open < c.low || open > c.top || c.within > 0 && last > c.within {
				t.Errorf("%d sessions after %v, want %d to %d within %v; found %v", open, last, c.low, c.top, c.within, z.Found(Sizes{}))
			}
		})
	}
}

// TestFound holds what is remembered: what has paid, and not what was tried in vain.
func TestFound(t *testing.T) {
	z := New(10, Sizes{})
	server{SmallFiles, always(90 * time.Millisecond), 4 << 10}.grow(z, 10, 5*time.Second)
	if got := z.Found(Sizes{Listings: 6}); got != (Sizes{Listings: 6, SmallFiles: 10}) {
		t.Errorf("found %v", got)
	}
	z = New(4, Sizes{SmallFiles: 8})
	server{SmallFiles, always(90 * time.Millisecond), 4 << 10}.grow(z, 4, 5*time.Second)
	if got := z.Found(Sizes{SmallFiles: 8}); got != (Sizes{SmallFiles: 8}) {
		t.Errorf("a run with four connections, where eight have paid, has found %v", got)
	}
	z = New(10, Sizes{})
	server{SmallFiles, shared(90*time.Millisecond, 3), 4 << 10}.grow(z, 10, 5*time.Second)
	if got := z.Found(Sizes{})[SmallFiles]; got < 1 || got > Few+2 {
		t.Errorf("%d sessions are to pay on a server that serves three at a time", got)
	}
}

// TestSize holds into how many parts work is divided.
func TestSize(t *testing.T) {
	if got := New(10, Sizes{}).Size(SmallFiles); got != 10 {
		t.Errorf("nothing is known: %d", got)
	}
	if got := New(3, Sizes{}).Size(SmallFiles); got != 3 {
		t.Errorf("the user allows three: %d", got)
	}
	if got := New(10, Sizes{SmallFiles: 6}).Size(SmallFiles); got < 6 || got > 8 {
		t.Errorf("six have paid: %d", got)
	}
}

// TestWorksHaveSizesOfTheirOwn holds that what large files show says nothing about small ones.
func TestWorksHaveSizesOfTheirOwn(t *testing.T) {
	z := New(10, Sizes{})
	server{LargeFiles, shared(10*time.Second, 2), 64 << 20}.grow(z, 10, 20*time.Second)
	z.Want(Sample{At: 30 * time.Second})
	z.Expect(SmallFiles)
	if got := z.Size(SmallFiles); got != 10 {
		t.Errorf("%d sessions for small files", got)
	}
	if got := z.Size(LargeFiles); got > 6 {
		t.Errorf("%d sessions for large ones", got)
	}
}

// TestFewNeedNoProof holds that doubts come only above the few sessions that whoever asks gets:
// one who holds three may wait for the fourth.
func TestFewNeedNoProof(t *testing.T) {
	z := New(10, Sizes{})
	z.Expect(SmallFiles)
	for n := 1; n <= 3; n++ {
		z.last.Open = n
		z.decide(rate{float64(n), 10})
	}
	if got := z.Want(Sample{Open: 3, Waiting: 1}); got < Few {
		t.Errorf("%d sessions are enough", got)
	}
}
