package replicatest

import (
	"errors"
	"fmt"
	"slices"

	"ferry/manifest"
	"ferry/sync"
)

// wraps fails the test unless err is an error and wraps want where that is not
// nil.
func (s *side) wraps(want, err error) {
	s.Helper()
	switch {
	case err == nil:
		s.Errorf("no error, want %v", want)
	case want != nil && !errors.Is(err, want):
		s.Errorf("error is %q, want one that wraps %q", err, want)
	}
}

var errBroken = errors.New("the line broke")

var sourceParts = []part{
	{"cannot be opened", func(s *side) {
		s.Write("f", "old", early)
		was := s.at("f")
		s.unchanged(func() {
			for p, expect := range map[manifest.Path]manifest.Entry{"f": was, "g": nothing} {
				o := text("new", late)
				o.openErr = errBroken
				out := s.fails(sync.ErrSource, o.put(p, expect))
				s.wraps(errBroken, out.Err)
			}
		})
	}},
	{"is gone or changed before it is opened", func(s *side) {
		s.Write("f", "old", early)
		was := s.at("f")
		s.unchanged(func() {
			o := text("new", late)
			o.openErr = fmt.Errorf("looking: %w", sync.ErrChanged)
			s.fails(sync.ErrSource, o.put("f", was))
			s.fails(sync.ErrSource, o.put("g", nothing))
		})
	}},
	{"breaks", func(s *side) {
		s.Write("f", "old", early)
		was := s.at("f")
		for _, cut := range []int64{0, 1, 100_000, 300_000} {
			for p, expect := range map[manifest.Path]manifest.Entry{"f": was, "g": nothing} {
				o := text(large(300_000), late)
				o.err, o.cut = errBroken, cut
				step := o.put(p, expect)
				step.Want.ID = uint64(cut) + 1 // another source each time
				out := s.fails(sync.ErrSource, step)
				s.wraps(errBroken, out.Err)
				s.reads("f", "old")
				s.shows("f")
			}
		}
		if !s.Resumes {
			s.clean()
		}
	}},
	{"changes while it is read", func(s *side) {
		s.Write("f", "old", early)
		was := s.at("f")
		s.unchanged(func() {
			for p, expect := range map[manifest.Path]manifest.Entry{"f": was, "g": nothing} {
				o := text(large(300_000), late)
				o.err, o.cut = fmt.Errorf("reading: %w", sync.ErrChanged), 200_000
				s.fails(sync.ErrSource, o.put(p, expect))
			}
		})
	}},
	{"turns out changed at the end", func(s *side) {
		s.Write("f", "old", early)
		was := s.at("f")
		s.unchanged(func() {
			for _, size := range []int{0, 10, 300_000} {
				for p, expect := range map[manifest.Path]manifest.Entry{"f": was, "g": nothing} {
					o := text(large(size), late)
					o.confirm = fmt.Errorf("confirming: %w", sync.ErrChanged)
					s.fails(sync.ErrSource, o.put(p, expect))
				}
			}
		})
	}},
	{"is not confirmed", func(s *side) {
		s.Write("f", "old", early)
		o := text(large(100_000), late)
		o.confirm = errBroken
		s.fails(sync.ErrSource, o.put("f", s.at("f")))
		s.fails(sync.ErrSource, o.put("g", nothing))
		s.reads("f", "old")
		s.shows("f")
	}},
	{"is not seen before it is confirmed", func(s *side) {
		s.Write("f", "old", early)
		o := text(large(200_000), late)
		calls := 0
		see := func() {
			calls++
			s.reads("f", "old")
			s.lacks("g")
		}
		was := s.at("f")
		o.during, o.closing = see, see
		s.do(o.put("f", was))
		s.Write("f", "old", early)
		o.during, o.closing = see, see
		s.do(o.put("g", nothing))
		if calls != 4 {
			s.Errorf("the source was seen through %d times, want 4", calls)
		}
	}},
	{"a broken one is gone on with", func(s *side) {
		s.skipUnless(s.Resumes, "resuming")
		s.Mkdir("d")
		content := large(1 << 20)
		o := text(content, early)
		o.err, o.cut = errBroken, 700_000
		s.fails(sync.ErrSource, o.put("d/f", nothing))
		s.scan()
		o.err, o.offsets = nil, nil
		out := s.do(o.put("d/f", nothing))
		if last := o.offsets[len(o.offsets)-1]; last <= 0 || last > 700_000 {
			s.Errorf("opened at %d, want to go on after 0 and at 700000 at most", o.offsets)
		}
		s.reads("d/f", content)
		s.stands("d/f", out.Entry)
		if out.Sum != "" && out.Sum != sumOf(content) {
			s.Errorf("Sum is %x, want %x", out.Sum, sumOf(content))
		}
		s.clean()
	}},
	{"another one is not gone on with", func(s *side) {
		content, other := large(1<<20), large(1<<20 + 1)[1:]
		o := text(content, early)
		o.err, o.cut = errBroken, 700_000
		s.fails(sync.ErrSource, o.put("f", nothing))
		s.scan()
		s.do(text(other, late).put("f", nothing))
		s.reads("f", other)
	}},
	{"a changed one is not gone on with", func(s *side) {
		o := text(large(1<<20), early)
		o.err, o.cut = fmt.Errorf("reading: %w", sync.ErrChanged), 700_000
		s.fails(sync.ErrSource, o.put("f", nothing))
		s.clean()
	}},
	{"several are opened in order, one at a time", func(s *side) {
		var events []string
		var want []string
		var run []sync.Step
		for _, name := range many("f", 12) {
			o := text(name, early)
			o.note = func(event, at string) { events = append(events, event+" "+at) }
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
