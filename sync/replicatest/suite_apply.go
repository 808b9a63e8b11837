package replicatest

import (
	"fmt"
	stdsync "sync"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

var applyTests = []test{
	{"nothing", func(s *side) { s.apply(s.ctx) }},
	{"steps in their order", func(s *side) {
		s.Write("old/f", "x", earlyTime)
		was := s.at("old/f")
		run := []sync.Step{
			mkdir("d"),
			newSource("1", earlyTime).put("d/f", nothing),
			mkdir("d/e"),
			newSource("22", earlyTime).put("d/e/g", nothing),
			remove("old/f", was),
			rmdir("old"),
			newSource("now a file", earlyTime).put("old", nothing),
			mkdir("m"),
		}
		for i, out := range s.apply(s.ctx, run...) {
			if out.Err != nil {
				s.Errorf("step %d: %v", i, out.Err)
			}
		}
		s.wantPaths("d/", "d/e/", "d/e/g", "d/f", "m/", "old")
		s.wantContent("d/e/g", "22")
		s.wantNoTemps()
	}},
	{"one step failing does not stop the others", func(s *side) {
		s.Write("edited", "was", earlyTime)
		s.Write("gone", "was", earlyTime)
		s.Write("full/f", "was", earlyTime)
		s.Write("replaced", "was", earlyTime)
		was := s.scan()
		s.Write("edited", "by somebody", lateTime)
		broken := newSource(incompressible(100_000), lateTime)
		broken.readErr, broken.breakAt = errBroken, 50_000
		changed := newSource(incompressible(100_000), lateTime)
		changed.confirmErr = sync.ErrChanged
		run := []sync.Step{
			newSource("1", lateTime).put("one", nothing),
			broken.put("two", nothing),
			newSource("3", lateTime).put("three", nothing),
			newSource("4", lateTime).put("edited", was.At("edited")),
			changed.put("replaced", was.At("replaced")),
			remove("edited", was.At("edited")),
			rmdir("full"),
			remove("gone", was.At("gone")),
			mkdir("no/such"),
			mkdir("dir"),
			newSource("5", lateTime).put("dir/five", nothing),
			newSource("6", lateTime).put("no/such/six", nothing),
			newSource("7", lateTime).put("seven", nothing),
		}
		bad := map[int]error{1: sync.ErrSource, 3: sync.ErrChanged, 4: sync.ErrSource, 5: sync.ErrChanged, 6: nil, 8: nil, 11: nil}
		for i, out := range s.apply(s.ctx, run...) {
			want, fails := bad[i]
			switch {
			case fails:
				s.wantFailure(want, out)
			case out.Err != nil:
				s.Errorf("step %d, %s %q: %v", i, run[i].Op, run[i].Path, out.Err)
			case run[i].Op == sync.Put:
				s.wantEntry(run[i].Path, out.Entry)
			}
		}
		s.wantPaths("dir/", "dir/five", "edited", "full/", "full/f", "one", "replaced", "seven", "three")
		s.wantContent("edited", "by somebody")
		s.wantContent("replaced", "was")
	}},
	{"many files in one run", func(s *side) {
		run := []sync.Step{mkdir("d")}
		for _, name := range numbered("f", 60) {
			run = append(run, newSource("content of "+name, earlyTime).put(manifest.Path("d/"+name), nothing))
		}
		for i, out := range s.apply(s.ctx, run...) {
			if out.Err != nil {
				s.Fatalf("step %d: %v", i, out.Err)
			}
			if i > 0 {
				s.wantContent(string(run[i].Path), "content of "+run[i].Path.Base())
			}
		}
		s.wantNoTemps()
	}},
	{"several runs and questions at once", func(s *side) {
		const runs, files = 4, 8
		s.Mkdir("shared")
		s.Write("still", "x", earlyTime)
		still := s.at("still")
		var group stdsync.WaitGroup
		for r := range runs {
			group.Go(func() {
				dir := manifest.Path(fmt.Sprintf("d%d", r))
				run := []sync.Step{mkdir(dir)}
				for f := range files {
					name := fmt.Sprintf("r%df%d", r, f)
					run = append(run, newSource(name, earlyTime).put(dir.Join(name), nothing), newSource(name, lateTime).put(manifest.Path("shared").Join(name), nothing))
				}
				for i, out := range s.apply(s.ctx, run...) {
					if out.Err != nil {
						s.Errorf("run %d, step %d: %v", r, i, out.Err)
					}
				}
			})
		}
		group.Go(func() {
			for range 3 {
				if tree, err := s.Replica.Scan(s.ctx, sync.Look{}); err != nil || !tree.At("still").IsFile() {
					s.Errorf("scanning meanwhile: %v, still: %v", err, tree.At("still"))
				}
			}
		})
		group.Go(func() {
			if err := s.Replica.Gone(s.ctx, []manifest.Path{"no such"}, make([]manifest.Entry, 1))[0]; err != nil {
				s.Errorf("looking meanwhile: %v", err)
			}
			if got, _ := s.readFrom("still", still, 0); got != "x" {
				s.Errorf("read meanwhile: %q", got)
			}
		})
		group.Wait()
		for r := range runs {
			for f := range files {
				name := fmt.Sprintf("r%df%d", r, f)
				s.wantContent(fmt.Sprintf("d%d/%s", r, name), name)
				s.wantContent("shared/"+name, name)
			}
		}
		s.wantNoTemps()
	}},
	{"sweep", func(s *side) {
		old := time.Now().Add(-60 * 24 * time.Hour)
		ours, theirs := tempOf("", false), tempOf("somebody else", false)
		s.Write(ours, "x", time.Now().Add(time.Hour))
		s.Write("d/"+ours, "x", old)
		s.Write("d/"+theirs, "x", old)
		s.Write("d/old file", "x", old)
		s.Write("d/ferry-20240101-crossing.mp4.part", "x", old)
		s.Write(".ferry/trash/20240101-000000/f", "kept", old)
		s.scan()
		if !s.Replica.Leftovers() {
			s.Error("nothing to sweep")
		}
		if err := s.Replica.Sweep(s.ctx, sync.Sweep{Whole: true, Others: true}); err != nil {
			s.Fatal(err)
		}
		s.wantNoFile(ours)
		s.wantNoFile("d/" + ours)
		s.wantContent("d/"+theirs, "x") // whatever its time says
		s.wantContent("d/old file", "x")
		s.wantContent("d/ferry-20240101-crossing.mp4.part", "x")
		s.wantContent(".ferry/trash/20240101-000000/f", "kept")
	}},
	{"sweep and tidy before any scan", func(s *side) {
		if err := s.Replica.Sweep(s.ctx, sync.Sweep{}); err != nil {
			s.Error(err)
		}
		if err := s.Replica.Tidy(s.ctx); err != nil {
			s.Error(err)
		}
	}},
}

// tempOf returns the name of a temporary of an owner.
func tempOf(owner string, plain bool) string {
	return manifest.TempName(manifest.NewTempMark("0123456789abcdef", owner), plain)
}
