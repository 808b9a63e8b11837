package pool

import (
	"context"
	"errors"
	"slices"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/sizing"
)

// A line is a server in virtual time: logins and jobs take time there and nothing else.
type line struct {
	login time.Duration
	job   func(sessions int) time.Duration
	most  int   // sessions that the server takes; 0: any number
	err   error // of every login
	one   bool  // several sessions stall the server

	mu         stdsync.Mutex
	open, peak int
	busy       int
	stalled    bool
	logins     int
	refused    int
	known      ftp.Sessions
	moved      sizing.Moved
}

// A stub is a session of a line.
type stub struct {
	line *line
	busy time.Time
}

func (s *stub) Settled() bool                               { return true }
func (s *stub) Rests()                                      { s.busy = time.Time{} }
func (s *stub) IsAlive(context.Context, time.Duration) bool { return true }
func (s *stub) Close() {
	s.line.mu.Lock()
	defer s.line.mu.Unlock()
	s.line.open--
}

// work is one small file.
func (s *stub) work() {
	l, now := s.line, time.Now()
	l.mu.Lock()
	l.moved.Files++
	l.moved.Bytes += 4 << 10
	if !s.busy.IsZero() {
		l.moved.Jobs, l.moved.JobTime = l.moved.Jobs+1, l.moved.JobTime+now.Sub(s.busy)
	}
	s.busy = now
	if l.busy++; l.one && l.busy > 1 {
		l.stalled = true
	}
	took := l.job(l.open)
	l.mu.Unlock()
	time.Sleep(took)
	l.mu.Lock()
	l.busy--
	l.mu.Unlock()
}

// pool returns a pool over the line.
func (l *line) pool(most int) *Pool {
	o := ftp.Options{Host: "x", Connections: most, Backoff: func(int) time.Duration { return time.Second }}.WithDefaults()
	return newPool(o, source{
		login: func(ctx context.Context) (session, error) {
			l.mu.Lock()
			l.logins++
			l.mu.Unlock()
			if err := ftp.Sleep(ctx, l.login); err != nil {
				return nil, err
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			switch {
			case l.err != nil:
				return nil, l.err
			case l.most > 0 && l.open == l.most:
				l.refused++
				return nil, &ftp.Error{Op: "login", Class: ftp.Busy, Code: 421}
			}
			l.open++
			l.peak = max(l.peak, l.open)
			return &stub{line: l}, nil
		},
		isNew:   func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.peak == 0 },
		onlyOne: func() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.one },
		moved:   func() sizing.Moved { l.mu.Lock(); defer l.mu.Unlock(); return l.moved },
		known:   func() ftp.Sessions { l.mu.Lock(); defer l.mu.Unlock(); return l.known },
		remember: func(n ftp.Sessions) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.known = n
		},
	})
}

// carry does n jobs over a pool, as many at a time as there are users, and returns how long
// that took.
func carry(t *testing.T, p *Pool, users, n int) time.Duration {
	t.Helper()
	begin := time.Now()
	jobs := make(chan int, n)
	for i := range n {
		jobs <- i
	}
	close(jobs)
	var all stdsync.WaitGroup
	for range users {
		all.Go(func() {
			for range jobs {
				s, err := p.borrow(t.Context())
				if err != nil {
					t.Errorf("lending: %v", err)
					return
				}
				s.(*stub).work()
				p.giveBack(s)
			}
		})
	}
	all.Wait()
	return time.Since(begin)
}

func always(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }

// TestGrowthInTime carries 200 small files over a line of 30 ms, where each takes three round
// trips, and a login as many.
func TestGrowthInTime(t *testing.T) {
	const trip = 90 * time.Millisecond
	for _, c := range []struct {
		name    string
		line    *line
		most    int
		peak    int
		within  time.Duration
		refused int // at most
		known   ftp.Sessions
	}{
		{"a new server", &line{login: trip, job: always(trip)}, 10, 10, 2800 * time.Millisecond, 0, ftp.Sessions{Paid: [3]int{0, 10, 0}}},
		{"a number of the user", &line{login: trip, job: always(trip)}, 4, 4, 5 * time.Second, 0, ftp.Sessions{Paid: [3]int{0, 4, 0}}},
		{"one at a time", &line{login: trip, job: always(trip)}, 1, 1, 19 * time.Second, 0, ftp.Sessions{Paid: [3]int{}}},
		{"a server that takes three", &line{login: trip, job: always(trip), most: 3}, 10, 3, 6500 * time.Millisecond, 3, ftp.Sessions{Limit: 3}},
		{"one that is known to", &line{login: trip, job: always(trip), most: 3, known: ftp.Sessions{Limit: 3, Refused: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}},
			10, 3, 6500 * time.Millisecond, 0, ftp.Sessions{Limit: 3}},
		{"one that refuses after seconds", &line{login: 3 * time.Second, job: always(trip), most: 2}, 10, 2, 14 * time.Second, 3, ftp.Sessions{Limit: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := c.line.pool(c.most)
				took := carry(t, p, c.most, 200)
				p.Close()
				if c.line.peak != c.peak || took > c.within || c.line.refused > c.refused {
					t.Errorf("took %v with %d sessions, %d refused; want at most %v with %d, %d", took, c.line.peak, c.line.refused, c.within, c.peak, c.refused)
				}
				known := c.line.known
				known.Refused = time.Time{}
				if c.known.Limit > 0 {
					known.Paid = [3]int{}
				}
				if known != c.known {
					t.Errorf("remembered %+v, want %+v", known, c.known)
				}
			})
		})
	}
}

// TestKnownServerIsQuicker holds that what has paid is had at once the next time.
func TestKnownServerIsQuicker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{login: 90 * time.Millisecond, job: always(90 * time.Millisecond)}
		var took [2]time.Duration
		for i := range took {
			p := l.pool(10)
			p.Expect(sizing.SmallFiles, 60)
			took[i] = carry(t, p, 10, 200)
			p.Close()
		}
		if took[1] >= took[0] {
			t.Errorf("%v, and %v on the known server", took[0], took[1])
		}
	})
}

// TestOrder holds that sessions are lent in the order in which they are asked for.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := (&line{login: time.Millisecond, job: always(time.Second)}).pool(1)
		defer p.Close()
		first, err := p.borrow(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var mu stdsync.Mutex
		var got []int
		var all stdsync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				for range 3 {
					s, err := p.borrow(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					got = append(got, i)
					mu.Unlock()
					s.(*stub).work()
					p.giveBack(s)
				}
			})
			synctest.Wait()
		}
		p.giveBack(first)
		all.Wait()
		if want := []int{0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4}; !slices.Equal(got, want) {
			t.Errorf("lent to %v, want %v", got, want)
		}
	})
}

// TestOneSessionOnly holds that all but one session are let go of where it shows that several
// stall the server.
func TestOneSessionOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{login: time.Millisecond, job: always(time.Second)}
		p := l.pool(10)
		carry(t, p, 3, 12)
		l.one = true
		carry(t, p, 5, 10)
		if l.open != 1 || l.stalled {
			t.Errorf("%d sessions are open, stalled: %v", l.open, l.stalled)
		}
		p.Close()
	})
}

// TestWhoStopsWaiting holds that the session goes to the next one, and that a login which
// nobody waits for any more is not lost.
func TestWhoStopsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{login: time.Second, job: always(time.Second)}
		p := l.pool(1)
		enough := errors.New("enough")
		ctx, stop := context.WithCancelCause(t.Context())
		var all stdsync.WaitGroup
		all.Go(func() {
			if _, err := p.borrow(ctx); !errors.Is(err, enough) {
				t.Errorf("got %v, want the cause", err)
			}
		})
		synctest.Wait()
		stop(enough)
		all.Wait()
		time.Sleep(2 * time.Second)
		s, err := p.borrow(t.Context())
		if err != nil || l.logins != 1 {
			t.Errorf("%d logins, %v", l.logins, err)
		}
		p.giveBack(s)
		p.Close()
		if l.open != 0 {
			t.Errorf("%d sessions are left", l.open)
		}
	})
}

// TestCloseBreaksLoginsOff holds that nothing waits for a login that never ends.
func TestCloseBreaksLoginsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := (&line{login: time.Hour}).pool(4)
		var all stdsync.WaitGroup
		all.Go(func() {
			if _, err := p.borrow(t.Context()); !errors.Is(err, errClosed) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		begin := time.Now()
		p.Close()
		all.Wait()
		if took := time.Since(begin); took > 0 {
			t.Errorf("took %v", took)
		}
	})
}

// TestLostServerFailsAll holds that a server which cannot be had ends the wait of all, after
// as many logins as one of them is worth.
func TestLostServerFailsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{login: time.Second, err: &ftp.Error{Op: "login", Class: ftp.Busy, Code: 421}}
		p := l.pool(10)
		defer p.Close()
		var all stdsync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := p.borrow(t.Context()); !errors.Is(err, ftp.ErrFatal) {
					t.Errorf("got %v", err)
				}
			})
		}
		all.Wait()
		if l.logins != 4 {
			t.Errorf("%d logins, want one and three retries", l.logins)
		}
	})
}

// TestServerThatReturnsIsUsedInFull holds that the pause ends when no session is left to be spared.
func TestServerThatReturnsIsUsedInFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{login: 10 * time.Millisecond}
		p := l.pool(4)
		defer p.Close()
		var lent []session
		for range 4 {
			s, err := p.borrow(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			lent = append(lent, s)
		}
		l.mu.Lock()
		l.err = &ftp.Error{Op: "connecting", Class: ftp.Connect}
		l.mu.Unlock()
		var waits stdsync.WaitGroup
		waits.Go(func() {
			s, err := p.borrow(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			p.giveBack(s)
		})
		for _, s := range lent { // one after another is found to be dead
			p.drop(s)
			time.Sleep(500 * time.Millisecond)
		}
		l.mu.Lock()
		l.err = nil
		l.mu.Unlock()
		waits.Wait()
		if got := p.Most(); got != 4 {
			t.Errorf("%d sessions are allowed after the server has returned", got)
		}
	})
}

// TestJudge holds what follows from a login that failed.
func TestJudge(t *testing.T) {
	of := func(c ftp.Class) error { return &ftp.Error{Op: "login", Class: c} }
	for _, c := range []struct {
		name     string
		err      error
		others   int
		first    bool
		attempts int
		want     verdict
	}{
		{"too many", of(ftp.Busy), 2, false, 0, tooMany},
		{"a refusal after the password was right", of(ftp.Login), 2, false, 0, tooMany},
		{"a refusal of the only one", of(ftp.Login), 0, false, 0, later},
		{"a wrong password", of(ftp.Login), 0, true, 0, final},
		{"no FTP server, once", of(ftp.Connect), 0, true, 0, later},
		{"no FTP server, twice", of(ftp.Connect), 0, true, 1, final},
		{"nobody answers any more", of(ftp.Connect), 0, false, 1, later},
		{"nobody answers beside others", of(ftp.Connect), 1, false, 9, shaky},
		{"a broken login beside others", of(ftp.Retry), 1, false, 0, shaky},
		{"a server that lacks something", of(ftp.Server), 0, false, 0, final},
		{"always busy", of(ftp.Busy), 0, true, 3, final},
	} {
		if got := judge(c.err, c.others, c.first, c.attempts, 3); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
