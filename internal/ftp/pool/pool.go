// Package pool lends the sessions of one server to those who have something to do there.
package pool

import (
	"context"
	"errors"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/sizing"
)

// A Pool lends sessions of one server, in the order in which they were asked for. It opens
// them beside the work: few at first, more while more of them do more, up to
// [ftp.Options.Connections]. A server that refuses a session is not asked for as many again for
// a while.
type Pool struct {
	from source
	o    ftp.Options

	began   time.Time
	ctx     context.Context // of all logins; ends with Close
	cancel  context.CancelFunc
	running stdsync.WaitGroup // logins, and what begins them

	mu       stdsync.Mutex
	idle     []resting
	waiting  []*waiter
	open     int // sessions lent, idle or being opened
	dialing  int // of these, being opened
	expected int // sessions that somebody is about to ask for
	sizer    *sizing.Sizer
	closed   bool

	limit    limit
	pause    limit // after a login that failed beside others, for another reason than their number
	untold   bool  // the limit is new
	told     bool
	growing  bool // grow runs
	poke     chan struct{}
	crowded  bool // some of the logins under way began beside others
	alone    bool // logins begin one at a time
	nextDial time.Time
	urged    time.Time // until then one more session is opened, whether it pays or not
	attempts int       // logins in a row that failed while no session was open
}

// A session is what a pool knows of [ftp.Session].
type session interface {
	Settled() bool
	Rests()
	IsAlive(ctx context.Context, rest time.Duration) bool
	Close()
}

// A source is what a pool knows of [ftp.Client].
type source struct {
	login    func(ctx context.Context) (session, error)
	isNew    func() bool // nobody has logged in yet
	onlyOne  func() bool
	moved    func() sizing.Moved
	inUse    func() (mode, tlsVersion string)
	known    func() ftp.Sessions
	remember func(ftp.Sessions)
}

// New returns a pool for the server of o. It connects when a session is first wanted.
func New(o ftp.Options) *Pool {
	client := ftp.NewClient(o)
	return newPool(client.Options(), source{
		login: func(ctx context.Context) (session, error) {
			s, err := client.LoginInTurn(ctx)
			if err != nil {
				return nil, err
			}
			return s, nil
		},
		isNew:   func() bool { return client.Features() == nil },
		onlyOne: client.OneSessionOnly, moved: func() sizing.Moved { return movedBy(client) }, inUse: client.InUse,
		known: client.Sessions, remember: client.RememberSessions,
	})
}

// movedBy returns what all sessions of a client have done so far.
func movedBy(client *ftp.Client) sizing.Moved {
	t := client.Traffic()
	return sizing.Moved{Listings: t.Listings.Load(), Files: t.Files.Load(), Bytes: t.Up.Load() + t.Down.Load(),
		Jobs: t.Jobs.Load(), JobTime: time.Duration(t.JobTime.Load())}
}

func newPool(o ftp.Options, from source) *Pool {
	known := from.known()
	p := &Pool{from: from, o: o, began: time.Now(), poke: make(chan struct{}, 1), sizer: sizing.New(o.Connections, known.Paid),
		limit: limit{known.Limit, known.Refused, known.Again}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// InUse is [ftp.Client.InUse].
func (p *Pool) InUse() (mode, tlsVersion string) { return p.from.inUse() }

// Do lends a session to f. An error of f of class Retry or Busy lets it run
// again on another session, up to Options.Retries times, so f must be
// idempotent; any other error is returned at once.
func (p *Pool) Do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error {
	return Attempts(ctx, p.o, op, func() error { return p.Once(ctx, f) })
}

// Once lends a session to f, which runs once.
func (p *Pool) Once(ctx context.Context, f func(ctx context.Context, s *ftp.Session) error) error {
	s, err := p.Borrow(ctx)
	if err != nil {
		return err
	}
	defer p.Return(s)
	return f(ctx, s)
}

// Borrow waits for a session, which goes back with [Pool.Return]. Its error is final: it wraps
// [ftp.ErrFatal] where the server cannot be had at all, and the context's cause where that was
// cancelled.
func (p *Pool) Borrow(ctx context.Context) (*ftp.Session, error) {
	s, err := p.borrow(ctx)
	if err != nil {
		return nil, err
	}
	return s.(*ftp.Session), nil
}

// Return takes a session back; one that is dead is closed.
func (p *Pool) Return(s *ftp.Session) { p.giveBack(s) }

// Size returns how many sessions a kind of work will have, as far as that can be foreseen:
// into so many parts it is divided best.
func (p *Pool) Size(w sizing.Work) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(1, min(p.sizer.Size(w), p.most(time.Now())))
}

// Ready returns how many sessions are logged in.
func (p *Pool) Ready() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open - p.dialing
}

// Expect says that n jobs of a kind are coming. It opens sessions for them as if they were
// there.
func (p *Pool) Expect(w sizing.Work, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || n <= p.open {
		return
	}
	p.sizer.Expect(w)
	p.expected = n
	p.startGrowing()
}

// EachIdle calls f with each session that nobody uses, one after another. None of
// them is lent meanwhile.
func (p *Pool) EachIdle(f func(s *ftp.Session)) {
	p.EachIdleOf(func(*ftp.Session) bool { return true }, f)
}

// EachIdleOf is [Pool.EachIdle] for some of the sessions. The others rest as before.
func (p *Pool) EachIdleOf(some func(s *ftp.Session) bool, f func(s *ftp.Session)) {
	for _, idle := range p.takeIdle(func(s session) bool { return some(s.(*ftp.Session)) }) {
		s := idle.session.(*ftp.Session)
		f(s)
		p.Return(s)
	}
}

// Close says goodbye on all idle sessions, and breaks off logins. Sessions that are lent are
// closed when they come back.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	p.cancel()
	p.failWaiting(errClosed)
	p.mu.Unlock()
	var all stdsync.WaitGroup
	for _, idle := range p.takeIdle(anyone) {
		all.Go(func() { p.drop(idle.session) })
	}
	p.remember()
	all.Wait()
	p.running.Wait()
	return nil
}

var errClosed = errors.New("the connection pool is closed")

// remember writes down what was found out about the number of sessions.
func (p *Pool) remember() {
	known := p.from.known()
	p.mu.Lock()
	news := ftp.Sessions{Limit: p.limit.n, Refused: p.limit.at.UTC().Truncate(time.Second), Again: p.limit.again, Paid: p.sizer.Found(known.Paid)}
	p.mu.Unlock()
	p.from.remember(news)
}
