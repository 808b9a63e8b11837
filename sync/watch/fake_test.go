package watch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A call is one call of a method of a fake session.
type call struct {
	do           string // open, close, full, part, poll, rest
	scope        sync.Scope
	began, ended time.Time
	summary      sync.Summary
	err          error
	failed       []manifest.Path // files that failed in a pass that was completed
}

func (c call) String() string {
	s := c.do
	if len(c.scope.Local) > 0 {
		s += fmt.Sprint(" ", c.scope.Local)
	}
	if len(c.scope.Remote) > 0 {
		s += fmt.Sprint(" ", len(c.scope.Remote), " dirs")
	}
	return s
}

// A fake is a session with scripted outcomes. mu guards its fields.
type fake struct {
	t  *testing.T
	mu stdsync.Mutex
	// The outcomes, until they are changed.
	openErr  error
	passErr  error
	answer   func(c *call) // may set summary and err, and emit events
	duration func(c call) time.Duration
	dirs     []manifest.Path

	calls []call
	open  bool
	busy  bool
}

func (f *fake) begin(do string, scope sync.Scope) call {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy {
		f.t.Errorf("%s begins while another call is running", do)
	}
	if f.open == (do == "open") {
		f.t.Errorf("%s with open = %v", do, f.open)
	}
	f.busy = true
	return call{do: do, scope: scope, began: time.Now()}
}

// end ends a call after its duration, or when ctx is cancelled.
func (f *fake) end(ctx context.Context, c *call) {
	f.mu.Lock()
	takes := 100 * time.Millisecond
	if f.duration != nil {
		takes = f.duration(*c)
	}
	f.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		c.err = context.Cause(ctx)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy = false
	switch {
	case c.err != nil:
	case c.do == "open":
		c.err = f.openErr
	case c.do == "close" || c.do == "rest":
	default:
		c.err = f.passErr
		if f.answer != nil && c.err == nil {
			f.answer(c)
		}
	}
	switch {
	case c.do == "open" && c.err == nil:
		f.open = true
	case c.do == "close":
		f.open = false
	}
	c.ended = time.Now()
	f.calls = append(f.calls, *c)
}

// Open is Options.Open.
func (f *fake) Open(ctx context.Context) (Session, error) {
	c := f.begin("open", sync.Scope{})
	if f.end(ctx, &c); c.err != nil {
		return nil, c.err
	}
	return f, nil
}

func (f *fake) Sync(ctx context.Context) (sync.Summary, error) {
	c := f.begin("full", sync.Scope{})
	f.end(ctx, &c)
	return c.summary, c.err
}

func (f *fake) SyncPaths(ctx context.Context, scope sync.Scope) (sync.Summary, error) {
	do := "poll"
	if len(scope.Local) > 0 {
		do = "part"
	}
	if scope.Empty() {
		f.t.Errorf("a pass over an empty scope")
	}
	c := f.begin(do, scope)
	f.end(ctx, &c)
	return c.summary, c.err
}

func (f *fake) Dirs() iter.Seq[manifest.Path] {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Values(slices.Clone(f.dirs))
}

func (f *fake) Rest(ctx context.Context) {
	c := f.begin("rest", sync.Scope{})
	f.end(ctx, &c)
}

func (f *fake) Close() error {
	c := f.begin("close", sync.Scope{})
	f.end(context.Background(), &c)
	return nil
}

// set changes the fake.
func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// take returns the calls since it was called last.
func (f *fake) take() []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

// A harness runs a watch over a fake session in a synctest bubble.
type harness struct {
	*fake
	w        *Watch
	hints    chan Hint
	stop     context.CancelFunc
	wallJump time.Duration // of the wall clock
	stageMu  stdsync.Mutex
	states   []Status
}

// runWatch runs a test in a synctest bubble with a running watch, and stops it.
func runWatch(t *testing.T, change func(*Options, *fake), test func(t *testing.T, s *harness)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &harness{fake: &fake{t: t}, hints: make(chan Hint)}
		o := Options{Open: s.Open, Hints: s.hints, PollRemote: true, Changed: s.changed}
		if change != nil {
			change(&o, s.fake)
		}
		s.w = New(o)
		s.w.wall = func() time.Time {
			s.stageMu.Lock()
			defer s.stageMu.Unlock()
			return time.Now().Round(0).Add(s.wallJump)
		}
		s.w.rand = func() float64 { return 0.5 }
		ctx, stop := context.WithCancel(t.Context())
		s.stop = stop
		done := make(chan error)
		go func() { done <- s.w.Run(ctx) }()
		synctest.Wait()
		test(t, s)
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if s.open || s.busy {
			t.Errorf("after Run: open %v, busy %v", s.open, s.busy)
		}
		if got := s.w.Status().State; got != Stopped {
			t.Errorf("after Run: state %q", got)
		}
		s.checkStates(t)
	})
}

func (s *harness) changed(st Status) {
	s.stageMu.Lock()
	defer s.stageMu.Unlock()
	s.states = append(s.states, st)
}

// checkStates checks that the statuses that were reported fit together.
func (s *harness) checkStates(t *testing.T) {
	t.Helper()
	s.stageMu.Lock()
	defer s.stageMu.Unlock()
	for i, st := range s.states {
		if i > 0 && st == s.states[i-1] {
			t.Errorf("reported twice: %+v", st)
		}
		if (st.State == Waiting || st.State == Halted) && st.Reason == "" {
			t.Errorf("%s without a reason", st.State)
		}
		if i > 0 && st.Since.Before(s.states[i-1].Since) {
			t.Errorf("%s since %v, which is before the previous state", st.State, st.Since)
		}
	}
	if n := len(s.states); n == 0 || s.states[n-1].State != Stopped {
		t.Errorf("the last state reported is not %q", Stopped)
	}
}

// takeStates returns the states that were reported since the last call, without
// repetitions.
func (s *harness) takeStates() string {
	s.stageMu.Lock()
	defer s.stageMu.Unlock()
	var names []string
	for _, st := range s.states {
		if n := len(names); n == 0 || names[n-1] != string(st.State) {
			names = append(names, string(st.State))
		}
	}
	s.states = nil
	return strings.Join(names, " ")
}

// advance lets d pass.
func (s *harness) advance(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (s *harness) hint(paths ...manifest.Path) { s.hints <- Hint{Paths: paths} }

// callsAfter lets d pass, and returns the calls since it was called last, as text.
func (s *harness) callsAfter(d time.Duration) string {
	s.advance(d)
	var words []string
	for _, c := range s.take() {
		words = append(words, c.String())
	}
	return strings.Join(words, ", ")
}

// expect lets d pass, and checks the calls made until then.
func (s *harness) expect(d time.Duration, want string) {
	s.t.Helper()
	if got := s.callsAfter(d); got != want {
		s.t.Errorf("within %v:\n got %s\nwant %s", d, got, want)
	}
}

func (s *harness) expectState(want State, reason string) {
	s.t.Helper()
	got := s.w.Status()
	if got.State != want || got.Reason != reason {
		s.t.Errorf("state %q (%q), want %q (%q)", got.State, got.Reason, want, reason)
	}
}

var errGone = errors.Join(errors.New("no route to host"), sync.ErrFatal)
