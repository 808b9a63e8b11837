package watch

import (
	"errors"
	"testing"
	"time"

	"ferry/manifest"
)

var errLost = errors.New("the server is lost")

// A pair whose server others wait for as well tries again when they do, however often it has failed, and somebody who
// asks for a try now insists.
func TestTryWithOthers(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	until := now.Add(40 * time.Second)
	o := Options{RetryAt: func(error) time.Time { return until }}.filled()
	s := newScheduler(&o, func() float64 { return 0.5 })
	s.tick(now, now)
	for range 3 {
		if got, _ := s.next(now); got != taskOpen {
			t.Fatalf("the task is %v", got)
		}
		if s.begin(taskOpen, now); s.insist(taskOpen) {
			t.Error("it insists by itself")
		}
		s.end(outcome{err: errLost}, now)
		if late := s.nextTry.Sub(until); late <= 0 || late > retrySpread {
			t.Fatalf("the next try is %v after that of the others", late)
		}
		now = s.nextTry
		until = now.Add(40 * time.Second)
	}
	s.begin(taskOpen, now)
	s.end(outcome{err: errLost}, now)
	s.poke(now)
	if got, _ := s.next(now); got != taskOpen {
		t.Fatalf("after a poke the task is %v", got)
	}
	if s.begin(taskOpen, now); !s.insist(taskOpen) {
		t.Error("a poke does not insist")
	}
	s.end(outcome{err: errLost}, now)
	now = s.nextTry
	if s.begin(taskOpen, now); s.insist(taskOpen) {
		t.Error("a poke insists twice")
	}
	// A machine that has slept insists, too.
	s.end(outcome{err: errLost}, now)
	s.tick(now, now.Add(time.Hour))
	if got, _ := s.next(now); got != taskOpen {
		t.Fatalf("after sleep the task is %v", got)
	}
	if s.begin(taskOpen, now); !s.insist(taskOpen) {
		t.Error("sleep does not insist")
	}
}

// A poke of a pair that is connected is done with its pass: when the server is lost hours later, it does not insist.
func TestPassEndsInsistence(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	o := Options{RetryAt: func(error) time.Time { return now.Add(time.Minute) }}.filled()
	s := newScheduler(&o, func() float64 { return 0.5 })
	s.connected = true
	s.poke(now)
	s.insist(taskFull)
	s.begin(taskFull, now)
	s.end(outcome{}, now)
	s.begin(taskPoll, now)
	s.end(outcome{err: errLost}, now)
	if s.insist(taskOpen) {
		t.Error("it insists")
	}
}

// Pairs that began together do not poll together.
func TestPollsAreSpread(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	seen := map[time.Duration]bool{}
	for i := range 100 {
		o := Options{PollRemote: true, Spread: true}.filled()
		s := newScheduler(&o, func() float64 { return float64(i) / 100 })
		at := now
		s.tick(at, at)
		for _, task := range []task{taskOpen, taskFull} {
			if got, _ := s.next(at); got != task {
				t.Fatalf("the task is %v", got)
			}
			s.begin(task, at)
			s.end(outcome{}, at)
		}
		first := s.polls.next().Sub(now)
		if first < 15*time.Second || first > 30*time.Second {
			t.Errorf("the first poll is after %v", first)
		}
		seen[first] = true
		at = now.Add(first)
		s.polls.setDirs([]manifest.Path{})
		s.dirsStale = false
		s.begin(taskPoll, at)
		s.end(outcome{}, at)
		if next := s.polls.next().Sub(at); next != 30*time.Second {
			t.Errorf("the next one is %v later", next)
		}
	}
	if len(seen) < 90 {
		t.Errorf("100 pairs poll at %d times", len(seen))
	}
}
