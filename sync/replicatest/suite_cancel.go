package replicatest

import (
	"context"
	"errors"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

var errStop = errors.New("the user has had enough")

// stopped returns a context that is cancelled already.
func (s *side) stopped() context.Context {
	ctx, cancel := context.WithCancelCause(s.ctx)
	cancel(errStop)
	return ctx
}

// soon fails the test unless do returns soon.
func (s *side) soon(do func()) {
	s.Helper()
	start := time.Now()
	do()
	if d := time.Since(start); d > patience/2 {
		s.Errorf("it took %v", d)
	}
}

var cancelParts = []part{
	{"before anything", func(s *side) {
		s.Write("f", "x", early)
		s.Mkdir("d")
		was := s.at("f")
		ctx := s.stopped()
		s.unchanged(func() {
			s.soon(func() {
				_, err := s.Replica.Root(ctx, false)
				s.wraps(errStop, err)
				_, err = s.Replica.Scan(ctx, sync.Look{})
				s.wraps(errStop, err)
				s.wraps(errStop, s.Replica.Gone(ctx, []manifest.Path{"gone"}, make([]manifest.Entry, 1))[0])
				if s.Sums {
					_, err = s.Replica.Sum(ctx, "f", was)
					s.wraps(errStop, err)
				}
				r := s.Replica.Reader(ctx, []sync.Wanted{{Path: "f", Entry: was}})
				_, err = r.Open(ctx, 0, 0)
				s.wraps(errStop, err)
				r.Close()
				for _, out := range s.apply(ctx, text("y", late).put("f", was), text("y", late).put("g", nothing), mkdir("e"), move("f", "h", was), remove("f", was), rmdir("d")) {
					s.wraps(errStop, out.Err)
				}
			})
		})
	}},
	{"a root is not made", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		_, err := s.Replica.Root(s.stopped(), true)
		s.wraps(errStop, err)
		if got, err := s.Replica.Root(s.ctx, false); err != nil || got.Kind != manifest.None {
			s.Errorf("Root: %+v, %v; want nothing", got, err)
		}
	}},
	{"in the middle of a run", func(s *side) {
		s.Write("f", "old", early)
		s.Write("z", "old", early)
		tree := s.scan()
		ctx, cancel := context.WithCancelCause(s.ctx)
		defer cancel(nil)
		o := text(large(1<<20), late)
		o.during = func() { cancel(errStop) }
		var outs []sync.Outcome
		s.soon(func() {
			outs = s.apply(ctx, text("first", early).put("a", nothing), o.put("f", tree.At("f")), mkdir("d"), text("y", late).put("g", nothing), remove("z", tree.At("z")))
		})
		for i, out := range outs[1:] {
			if out.Err == nil {
				s.Errorf("step %d came after the end and succeeded", i+1)
			}
			s.wraps(errStop, out.Err)
		}
		s.reads("f", "old")
		s.reads("z", "old")
		want := []string{"f", "z"}
		if outs[0].Err == nil {
			want = []string{"a", "f", "z"}
		}
		s.shows(want...)
	}},
	{"between reading and the end", func(s *side) {
		s.Write("f", "old", early)
		ctx, cancel := context.WithCancelCause(s.ctx)
		defer cancel(nil)
		o := text("new", late)
		o.closing = func() { cancel(errStop) }
		s.wraps(errStop, s.apply(ctx, o.put("f", s.at("f")))[0].Err)
		s.reads("f", "old")
		s.shows("f")
	}},
	{"while a file is read", func(s *side) {
		s.Write("f", large(8<<20), early)
		ctx, cancel := context.WithCancelCause(s.ctx)
		defer cancel(nil)
		r := s.Replica.Reader(ctx, []sync.Wanted{{Path: "f", Entry: s.at("f")}})
		defer r.Close()
		src, err := r.Open(ctx, 0, 0)
		if err != nil {
			s.Fatal(err)
		}
		defer src.Close()
		s.soon(func() {
			var n int
			for b := make([]byte, 4096); err == nil; n++ {
				_, err = src.Read(b)
				if n == 10 {
					cancel(errStop)
				}
			}
		})
		s.wraps(errStop, err)
	}},
	{"and go on", func(s *side) {
		s.Write("f", "old", early)
		was := s.at("f")
		ctx, cancel := context.WithCancelCause(s.ctx)
		defer cancel(nil)
		content := large(1 << 20)
		o := text(content, late)
		o.during = func() { cancel(errStop) }
		s.wraps(errStop, s.apply(ctx, o.put("f", was))[0].Err)
		s.scan()
		s.stands("f", s.do(o.put("f", was)).Entry)
		s.reads("f", content)
	}},
}
