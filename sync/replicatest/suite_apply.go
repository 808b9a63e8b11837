package replicatest

import (
	"fmt"
	stdsync "sync"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

var applyParts = []part{
	{"nothing", func(s *side) { s.apply(s.ctx) }},
	{"steps in their order", func(s *side) {
		s.Write("old/f", "x", early)
		was := s.at("old/f")
		run := []sync.Step{
			mkdir("d"),
			text("1", early).put("d/f", nothing),
			mkdir("d/e"),
			text("22", early).put("d/e/g", nothing),
			remove("old/f", was),
			rmdir("old"),
			text("now a file", early).put("old", nothing),
			mkdir("m"),
		}
		for i, out := range s.apply(s.ctx, run...) {
			if out.Err != nil {
				s.Errorf("step %d: %v", i, out.Err)
			}
		}
		s.shows("d/", "d/e/", "d/e/g", "d/f", "m/", "old")
		s.reads("d/e/g", "22")
		s.clean()
	}},
	{"one step failing does not stop the others", func(s *side) {
		s.Write("edited", "was", early)
		s.Write("gone", "was", early)
		s.Write("full/f", "was", early)
		s.Write("replaced", "was", early)
		was := s.scan()
		s.Write("edited", "by somebody", late)
		broken := text(large(100_000), late)
		broken.err, broken.cut = errBroken, 50_000
		changed := text(large(100_000), late)
		changed.confirm = sync.ErrChanged
		run := []sync.Step{
			text("1", late).put("one", nothing),
			broken.put("two", nothing),
			text("3", late).put("three", nothing),
			text("4", late).put("edited", was.At("edited")),
			changed.put("replaced", was.At("replaced")),
			remove("edited", was.At("edited")),
			rmdir("full"),
			remove("gone", was.At("gone")),
			mkdir("no/such"),
			mkdir("dir"),
			text("5", late).put("dir/five", nothing),
			text("6", late).put("no/such/six", nothing),
			text("7", late).put("seven", nothing),
		}
		bad := map[int]error{1: sync.ErrSource, 3: sync.ErrChanged, 4: sync.ErrSource, 5: sync.ErrChanged, 6: nil, 8: nil, 11: nil}
		for i, out := range s.apply(s.ctx, run...) {
			want, fails := bad[i]
			switch {
			case fails:
				s.failed(want, out)
			case out.Err != nil:
				s.Errorf("step %d, %s %q: %v", i, run[i].Op, run[i].Path, out.Err)
			case run[i].Op == sync.Put:
				s.stands(run[i].Path, out.Entry)
			}
		}
		s.shows("dir/", "dir/five", "edited", "full/", "full/f", "one", "replaced", "seven", "three")
		s.reads("edited", "by somebody")
		s.reads("replaced", "was")
	}},
	{"a file many times in one run", func(s *side) {
		run := []sync.Step{mkdir("d")}
		for _, name := range many("f", 60) {
			run = append(run, text("content of "+name, early).put(manifest.Path("d/"+name), nothing))
		}
		for i, out := range s.apply(s.ctx, run...) {
			if out.Err != nil {
				s.Fatalf("step %d: %v", i, out.Err)
			}
			if i > 0 {
				s.reads(string(run[i].Path), "content of "+run[i].Path.Base())
			}
		}
		s.clean()
	}},
	{"several runs and questions at once", func(s *side) {
		const runs, files = 4, 8
		s.Mkdir("shared")
		s.Write("still", "x", early)
		still := s.at("still")
		var group stdsync.WaitGroup
		for r := range runs {
			group.Go(func() {
				dir := manifest.Path(fmt.Sprintf("d%d", r))
				run := []sync.Step{mkdir(dir)}
				for f := range files {
					name := fmt.Sprintf("r%df%d", r, f)
					run = append(run, text(name, early).put(dir.Join(name), nothing), text(name, late).put(manifest.Path("shared").Join(name), nothing))
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
			if got, _ := s.slurp("still", still, 0); got != "x" {
				s.Errorf("read meanwhile: %q", got)
			}
		})
		group.Wait()
		for r := range runs {
			for f := range files {
				name := fmt.Sprintf("r%df%d", r, f)
				s.reads(fmt.Sprintf("d%d/%s", r, name), name)
				s.reads("shared/"+name, name)
			}
		}
		s.clean()
	}},
	{"tidy", func(s *side) {
		old := time.Now().Add(-60 * 24 * time.Hour)
		temp := manifest.TempName("0123456789abcdef01234567", "f", false)
		young := manifest.TempName("fedcba9876543210", "f", false)
		s.Write(temp, "old", old)
		s.Write("d/"+temp, "old", old)
		s.Write("d/"+young, "young", time.Now().Add(time.Hour))
		s.Write("d/old file", "x", old)
		s.Write(".ferry/trash/20240101-000000/f", "kept", old)
		s.scan()
		if err := s.Replica.Tidy(s.ctx); err != nil {
			s.Fatal(err)
		}
		s.lacks(temp)
		s.lacks("d/" + temp)
		s.reads("d/"+young, "young")
		s.reads("d/old file", "x")
		s.reads(".ferry/trash/20240101-000000/f", "kept")
	}},
	{"tidy before any scan", func(s *side) {
		if err := s.Replica.Tidy(s.ctx); err != nil {
			s.Error(err)
		}
	}},
}
