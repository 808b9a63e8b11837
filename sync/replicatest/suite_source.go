package replicatest

import (
	"errors"
	"fmt"
	"slices"

	"ferry/manifest"
	"ferry/sync"
)

// wantError fails the test unless err is an error that wraps want. A nil want
// stands for any error.
func (s *side) wantError(want, err error) {
	s.Helper()
	switch {
	case err == nil:
		s.Errorf("no error, want %v", want)
	case want != nil && !errors.Is(err, want):
		s.Errorf("error is %q, want one that wraps %q", err, want)
	}
}

var errBroken = errors.New("connection broken")

var sourceTests = []test{
	{"cannot be opened", func(s *side) {
		s.Write("f", "old", earlyTime)
		was := s.at("f")
		s.unchanged(func() {
			for p, expect := range map[manifest.Path]manifest.Entry{"f": was, "g": nothing} {
				o := newSource("new", lateTime)
				o.openErr = errBroken
				out := s.mustFail(sync.ErrSource, o.put(p, expect))
				s.wantError(errBroken, out.Err)
			}
		})
	}},
	{"changed before it is opened", func(s *side) {
		s.Write("f", "old", earlyTime)
		was := s.at("f")
		s.unchanged(func() {
			o := newSource("new", lateTime)
			o.openErr = fmt.Errorf("looking: %w", sync.ErrChanged)
			s.mustFail(sync.ErrSource, o.put("f", was))
			s.mustFail(sync.ErrSource, o.put("g", nothing))
		})
	}},
	{"breaks", func(s *side) {
		s.Write("f", "old", earlyTime)
		was := s.at("f")
		for _, cut := range []int64{0, 1, 100_000, 300_000} {
			for p, expect := range map[manifest.Path]manifest.Entry{"f": was, "g": nothing} {
				o := newSource(incompressible(300_000), lateTime)
				o.readErr, o.breakAt = errBroken, cut
				step := o.put(p, expect)
				step.Want.ID = uint64(cut) + 1 // another source each time
				out := s.mustFail(sync.ErrSource, step)
				s.wantError(errBroken, out.Err)
				s.wantContent("f", "old")
				s.wantPaths("f")
			}
		}
		if !s.Resumes {
			s.wantNoTemps()
		}
	}},
	{"changes while it is read", func(s *side) {
		s.Write("f", "old", earlyTime)
		was := s.at("f")
		s.unchanged(func() {
			for p, expect := range map[manifest.Path]manifest.Entry{"f": was, "g": nothing} {
				o := newSource(incompressible(300_000), lateTime)
				o.readErr, o.breakAt = fmt.Errorf("reading: %w", sync.ErrChanged), 200_000
				s.mustFail(sync.ErrSource, o.put(p, expect))
			}
		})
	}},
	{"changed, as Confirm says", func(s *side) {
		s.Write("f", "old", earlyTime)
		was := s.at("f")
		s.unchanged(func() {
			for _, size := range []int{0, 10, 300_000} {
				for p, expect := range map[manifest.Path]manifest.Entry{"f": was, "g": nothing} {
					o := newSource(incompressible(size), lateTime)
					o.confirmErr = fmt.Errorf("confirming: %w", sync.ErrChanged)
					s.mustFail(sync.ErrSource, o.put(p, expect))
				}
			}
		})
	}},
	{"is not confirmed", func(s *side) {
		s.Write("f", "old", earlyTime)
		o := newSource(incompressible(100_000), lateTime)
		o.confirmErr = errBroken
		s.mustFail(sync.ErrSource, o.put("f", s.at("f")))
		s.mustFail(sync.ErrSource, o.put("g", nothing))
		s.wantContent("f", "old")
		s.wantPaths("f")
	}},
	{"is not visible before it is confirmed", func(s *side) {
		s.Write("f", "old", earlyTime)
		o := newSource(incompressible(200_000), lateTime)
		calls := 0
		see := func() {
			calls++
			s.wantContent("f", "old")
			s.wantNoFile("g")
		}
		was := s.at("f")
		o.onMiddle, o.onConfirm = see, see
		s.mustApply(o.put("f", was))
		s.Write("f", "old", earlyTime)
		o.onMiddle, o.onConfirm = see, see
		s.mustApply(o.put("g", nothing))
		if calls != 4 {
			s.Errorf("checked %d times, want 4", calls)
		}
	}},
	{"is resumed after it broke", func(s *side) {
		s.skipUnless(s.Resumes, "resuming")
		s.Mkdir("d")
		content := incompressible(1 << 20)
		o := newSource(content, earlyTime)
		o.readErr, o.breakAt = errBroken, 700_000
		s.mustFail(sync.ErrSource, o.put("d/f", nothing))
		s.scan()
		o.readErr, o.offsets = nil, nil
		out := s.mustApply(o.put("d/f", nothing))
		if last := o.offsets[len(o.offsets)-1]; last <= 0 || last > 700_000 {
			s.Errorf("opened at %d, want more than 0 and at most 700000", o.offsets)
		}
		s.wantContent("d/f", content)
		s.wantEntry("d/f", out.Entry)
		if out.Sum != "" && out.Sum != sumOf(content) {
			s.Errorf("Sum is %x, want %x", out.Sum, sumOf(content))
		}
		s.wantNoTemps()
	}},
	{"is not resumed with another source", func(s *side) {
		content, other := incompressible(1<<20), incompressible(1<<20 + 1)[1:]
		o := newSource(content, earlyTime)
		o.readErr, o.breakAt = errBroken, 700_000
		s.mustFail(sync.ErrSource, o.put("f", nothing))
		s.scan()
		s.mustApply(newSource(other, lateTime).put("f", nothing))
		s.wantContent("f", other)
	}},
	{"is not resumed after it changed", func(s *side) {
		o := newSource(incompressible(1<<20), earlyTime)
		o.readErr, o.breakAt = fmt.Errorf("reading: %w", sync.ErrChanged), 700_000
		s.mustFail(sync.ErrSource, o.put("f", nothing))
		s.wantNoTemps()
	}},
	{"several are opened in order, one at a time", func(s *side) {
		var events []string
		var want []string
		var run []sync.Step
		for _, name := range numbered("f", 12) {
			o := newSource(name, earlyTime)
			o.onEvent = func(event, at string) { events = append(events, event+" "+at) }
			run = append(run, o.put(manifest.Path(name), nothing))
			want = append(want, "open "+name, "close "+name)
		}
		for i, out := range s.apply(s.ctx, run...) {
			if out.Err != nil {
				s.Errorf("step %d: %v", i, out.Err)
			}
		}
		if !slices.Equal(events, want) {
			s.Errorf("events: %q, want %q", events, want)
		}
	}},
}
