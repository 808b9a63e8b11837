package replicatest

import (
	"context"
	"errors"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

var errCancelled = errors.New("cancelled by the test")

// cancelledContext returns a context that is cancelled already.
func (s *side) cancelledContext() context.Context {
	ctx, cancel := context.WithCancelCause(s.ctx)
	cancel(errCancelled)
	return ctx
}

// finishesSoon fails the test unless do returns soon.
func (s *side) finishesSoon(do func()) {
	s.Helper()
	start := time.Now()
	do()
	if d := time.Since(start); d > timeout/2 {
		s.Errorf("it took %v", d)
	}
}

var cancelTests = []test{
	{"before a call", func(s *side) {
		s.Write("f", "x", earlyTime)
		s.Mkdir("d")
		was := s.at("f")
		ctx := s.cancelledContext()
		s.unchanged(func() {
			s.finishesSoon(func() {
				_, err := s.Replica.Root(ctx, false)
				s.wantError(errCancelled, err)
				_, err = s.Replica.Scan(ctx, sync.Look{})
				s.wantError(errCancelled, err)
				s.wantError(errCancelled, s.Replica.Gone(ctx, []manifest.Path{"gone"}, make([]manifest.Entry, 1))[0])
				if s.Sums {
					_, err = s.Replica.Sum(ctx, "f", was)
					s.wantError(errCancelled, err)
				}
				r := s.Replica.Reader(ctx, []sync.Wanted{{Path: "f", Entry: was}})
				_, err = r.Open(ctx, 0, 0)
				s.wantError(errCancelled, err)
				r.Close()
				for _, out := range s.apply(ctx, newSource("y", lateTime).put("f", was), newSource("y", lateTime).put("g", nothing), mkdir("e"), move("f", "h", was), remove("f", was), rmdir("d")) {
					s.wantError(errCancelled, out.Err)
				}
			})
		})
	}},
	{"before the root is made", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		_, err := s.Replica.Root(s.cancelledContext(), true)
		s.wantError(errCancelled, err)
		if got, err := s.Replica.Root(s.ctx, false); err != nil || got.Kind != manifest.None {
			s.Errorf("Root: %+v, %v; want nothing", got, err)
		}
	}},
	{"in the middle of a run", func(s *side) {
		s.Write("f", "old", earlyTime)
		s.Write("z", "old", earlyTime)
		tree := s.scan()
		ctx, cancel := context.WithCancelCause(s.ctx)
		defer cancel(nil)
		o := newSource(incompressible(1<<20), lateTime)
		o.onMiddle = func() { cancel(errCancelled) }
		var outs []sync.Outcome
		s.finishesSoon(func() {
			outs = s.apply(ctx, newSource("first", earlyTime).put("a", nothing), o.put("f", tree.At("f")), mkdir("d"), newSource("y", lateTime).put("g", nothing), remove("z", tree.At("z")))
		})
		for i, out := range outs[1:] {
			if out.Err == nil {
				s.Errorf("step %d succeeded after the context was cancelled", i+1)
			}
			s.wantError(errCancelled, out.Err)
		}
		s.wantContent("f", "old")
		s.wantContent("z", "old")
		want := []string{"f", "z"}
		if outs[0].Err == nil {
			want = []string{"a", "f", "z"}
		}
		s.wantPaths(want...)
	}},
	{"after the source was read", func(s *side) {
		s.Write("f", "old", earlyTime)
		ctx, cancel := context.WithCancelCause(s.ctx)
		defer cancel(nil)
		o := newSource("new", lateTime)
		o.onConfirm = func() { cancel(errCancelled) }
		s.wantError(errCancelled, s.apply(ctx, o.put("f", s.at("f")))[0].Err)
		s.wantContent("f", "old")
		s.wantPaths("f")
	}},
	{"while a file is read", func(s *side) {
		s.Write("f", incompressible(8<<20), earlyTime)
		ctx, cancel := context.WithCancelCause(s.ctx)
		defer cancel(nil)
		r := s.Replica.Reader(ctx, []sync.Wanted{{Path: "f", Entry: s.at("f")}})
		defer r.Close()
		src, err := r.Open(ctx, 0, 0)
		if err != nil {
			s.Fatal(err)
		}
		defer src.Close()
		s.finishesSoon(func() {
			var n int
			for b := make([]byte, 4096); err == nil; n++ {
				_, err = src.Read(b)
				if n == 10 {
					cancel(errCancelled)
				}
			}
		})
		s.wantError(errCancelled, err)
	}},
	{"and resumed", func(s *side) {
		s.Write("f", "old", earlyTime)
		was := s.at("f")
		ctx, cancel := context.WithCancelCause(s.ctx)
		defer cancel(nil)
		content := incompressible(1 << 20)
		o := newSource(content, lateTime)
		o.onMiddle = func() { cancel(errCancelled) }
		s.wantError(errCancelled, s.apply(ctx, o.put("f", was))[0].Err)
		s.scan()
		s.wantEntry("f", s.mustApply(o.put("f", was)).Entry)
		s.wantContent("f", content)
	}},
}
