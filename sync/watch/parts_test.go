package watch

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
)

func TestPauses(t *testing.T) {
	for _, test := range []struct {
		name   string
		pauses ladder
		want   string // of the tries from the first on, with jitter in its middle
	}{
		{"away", awayPauses, "1s 2s 4s 8s 16s 32s 1m4s 2m8s 4m16s 5m0s 5m0s"},
		{"refused", refusedPauses, "1m0s 3m0s 9m0s 27m0s 30m0s 30m0s"},
		{"file", filePauses, "5s 10s 20s 40s 1m20s 2m40s 5m20s 10m40s 21m20s 30m0s"},
	} {
		got := ""
		for try := 1; len(got) < len(test.want); try++ {
			got += fmt.Sprint(test.pauses.after(try, 0.5), " ")
		}
		if got != test.want+" " {
			t.Errorf("%s: %s", test.name, got)
		}
	}
	for _, jitter := range []float64{0, 0.3, 1} {
		for try := range 200 {
			if d := awayPauses.after(try, jitter); d < 750*time.Millisecond || d > 5*time.Minute {
				t.Errorf("try %d: %v", try, d)
			}
		}
	}
	if a, b := awayPauses.after(3, 0), awayPauses.after(3, 1); a != 3*time.Second || b != 5*time.Second {
		t.Errorf("jitter from %v to %v, want 3s to 5s", a, b)
	}
}

func TestTroubles(t *testing.T) {
	needsHuman := errors.New("no such host key")
	o := Options{
		Refused: func(err error) bool { return errors.Is(err, errLogin) },
		Halts:   func(err error) bool { return errors.Is(err, needsHuman) || errors.Is(err, errLogin) },
		Explain: func(err error) (string, string) {
			if errors.Is(err, errGone) {
				return "the server is away", "wait"
			}
			return "", ""
		},
	}
	for _, test := range []struct {
		err   error
		kind  troubleKind
		halts bool
		hint  bool
	}{
		{errGone, away, false, true},
		{fmt.Errorf("opening: %w", errLogin), refused, true, true},
		{fmt.Errorf("hook: %w", needsHuman), unsafe, true, false},
		{fmt.Errorf("pass: %w", errEmptied), unsafe, true, true},
		{fmt.Errorf("pass: %w", sync.ErrHeld), held, false, false},
		{manifest.ErrLocked, held, false, false},
		{errors.New("anything"), away, false, false},
	} {
		got := o.troubleOf(test.err)
		if got.kind != test.kind || got.halts != test.halts || got.reason == "" || (got.hint != "") != test.hint {
			t.Errorf("%v: %+v", test.err, got)
		}
	}
	if got := o.troubleOf(errGone); got.reason != "the server is away" || got.hint != "wait" {
		t.Errorf("explained: %+v", got)
	}
}

// What a pass failed to do is looked at again where the change was seen.
func TestTrail(t *testing.T) {
	for _, test := range []struct {
		name   string
		action sync.Action
		want   map[spot]bool
	}{
		{"upload", sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "d/f"}, map[spot]bool{{sync.Local, "d/f"}: true}},
		{"download", sync.Action{Op: sync.Download, Side: sync.Local, Path: "d/f"}, map[spot]bool{{sync.Remote, "d"}: true}},
		{"deletion carried here", sync.Action{Op: sync.Delete, Side: sync.Local, Path: "f"}, map[spot]bool{{sync.Remote, ""}: true}},
		{"rename", sync.Action{Op: sync.Rename, Side: sync.Remote, Path: "e/g", From: "d/f"}, map[spot]bool{
			{sync.Local, "d/f"}: true, {sync.Local, "e/g"}: true, {sync.Remote, "d"}: true, {sync.Remote, "e"}: true}},
	} {
		var tr trail
		if !tr.observe(sync.Started{Action: &test.action}) || tr.observe(sync.Started{Action: &test.action}) {
			t.Errorf("%s: the first action is not told from the second", test.name)
		}
		tr.observe(sync.Finished{Action: &test.action, Err: errGone})
		got := tr.take()
		if diff := cmp.Diff(test.want, got.failed, cmp.AllowUnexported(spot{})); diff != "" || got.failures != 1 {
			t.Errorf("%s: %d failures\n%s", test.name, got.failures, diff)
		}
		tr.observe(sync.Finished{Action: &test.action})
		if got := tr.take(); !got.active[test.action.Path.Parent()] || got.failures != 0 {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	var tr trail
	for i := range 3 * mostTraced {
		a := &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: manifest.Path(fmt.Sprintf("%d/f", i))}
		tr.observe(sync.Finished{Action: a, Err: errGone})
		tr.observe(sync.Finished{Action: a})
	}
	if got := tr.take(); len(got.failed) > mostTraced || len(got.active) > mostTraced || got.failures != 3*mostTraced {
		t.Errorf("%d failed, %d active, %d failures", len(got.failed), len(got.active), got.failures)
	}
}

// A conflict that waits is counted once, one that was settled each time.
func TestConflictsAreCounted(t *testing.T) {
	on(t, func(o *Options, _ *fake) { o.Remote = false }, func(t *testing.T, s *stage) {
		s.pass(time.Second)
		for range 3 {
			s.set(func() {
				s.answer = func(c *call) {
					c.sum.Conflicts = 2
					s.k.Observe(sync.Planned{Plan: &sync.Plan{Conflicts: []sync.Conflict{{Path: "a", Skipped: true}, {Path: "b"}}}})
				}
			})
			s.k.Poke()
			s.pass(time.Second)
		}
		if got := s.k.Status().Conflicts; got != 4 {
			t.Errorf("%d conflicts, want 4", got)
		}
	})
}

// A directory of the server in which something failed is left out of the polls
// until it is tried again, and no other one is.
func TestFailingDownload(t *testing.T) {
	change := func(_ *Options, f *fake) { f.dirs = []manifest.Path{"d", "e"} }
	on(t, change, func(t *testing.T, s *stage) {
		s.set(func() {
			s.answer = func(c *call) {
				if c.do == "full" || slices.Contains(c.scope.Remote, "d") {
					c.sum.Failed = 1
					a := &sync.Action{Op: sync.Download, Side: sync.Local, Path: "d/f"}
					s.k.Observe(sync.Finished{Action: a, Err: errGone})
				}
			}
		})
		s.pass(30 * time.Minute)
		tries, polls := 0, 0
		for _, c := range s.take() {
			if slices.Contains(c.scope.Remote, "d") {
				tries++
			}
			if slices.Contains(c.scope.Remote, "e") {
				polls++
			}
		}
		if tries < 8 || tries > 13 || polls < 15 {
			t.Errorf("tried %d times in half an hour, among %d polls", tries, polls)
		}
	})
}

// What failed below a hint goes on in its row of pauses when the parts of the
// hint are known.
func TestTriesGoOnBelow(t *testing.T) {
	l := load{tries: map[spot]int{{sync.Local, "d"}: 3, {sync.Remote, "e"}: 2}}
	for s, want := range map[spot]int{
		{sync.Local, "d"}: 3, {sync.Local, "d/f"}: 3, {sync.Local, "dd"}: 0, {sync.Remote, "e"}: 2, {sync.Remote, "e/f"}: 0,
	} {
		if got := l.triesOf(s); got != want {
			t.Errorf("%v: %d, want %d", s, got, want)
		}
	}
}

// A full pass in which very much fails is repeated whole, and not file by file.
func TestVeryMuchFails(t *testing.T) {
	on(t, func(o *Options, f *fake) { o.Remote = false }, func(t *testing.T, s *stage) {
		s.pass(time.Second)
		s.take()
		s.set(func() {
			s.answer = func(c *call) {
				for i := range 2 * mostQueued {
					c.sum.Failed++
					a := &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: manifest.Path(fmt.Sprint(i))}
					s.k.Observe(sync.Finished{Action: a, Err: errGone})
				}
			}
		})
		s.k.Poke()
		s.expect(50*time.Second, "full")
		s.expect(20*time.Second, "full")
		if got := s.k.Status(); got.Failed != 2*mostQueued || got.Queue != 0 {
			t.Errorf("failed %d, queue %d", got.Failed, got.Queue)
		}
		s.set(func() { s.answer = nil })
		s.pass(5 * time.Minute)
		if got := s.k.Status().Failed; got != 0 {
			t.Errorf("failed %d at the end", got)
		}
	})
}

// The listener hears everything in order, and the last word.
func TestTeller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard []int
		te := newTeller(func(s Status) { heard = append(heard, s.Passes); time.Sleep(time.Second / 1000) })
		for i := range 100 {
			te.tell(Status{Passes: i})
		}
		te.end()
		for i, n := range heard {
			if n != i {
				t.Fatalf("heard %v", heard)
			}
		}
		if len(heard) != 100 {
			t.Errorf("heard %d of 100", len(heard))
		}
	})
}

// A listener that is slow for long misses the oldest changes only.
func TestTellerForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard []int
		te := newTeller(func(s Status) { heard = append(heard, s.Passes); time.Sleep(time.Millisecond) })
		for i := range 10 * mostUntold {
			te.tell(Status{Passes: i})
		}
		te.end()
		if n := len(heard); n > 2*mostUntold || heard[n-1] != 10*mostUntold-1 {
			t.Errorf("heard %d, the last %d", n, heard[n-1])
		}
	})
}
