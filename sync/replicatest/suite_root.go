package replicatest

import (
	"errors"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

var rootTests = []test{
	{"exists", func(s *side) {
		got, err := s.Replica.Root(s.ctx, false)
		if err != nil || got.Kind != manifest.Dir || got.Where == "" {
			s.Fatalf("Root: %+v, %v; want a directory that says where it is", got, err)
		}
		again, err := s.Replica.Root(s.ctx, true)
		if err != nil || again != got {
			s.Errorf("Root with create: %+v, %v; want %+v", again, err, got)
		}
	}},
	{"contains no password", func(s *side) {
		got, err := s.Replica.Root(s.ctx, false)
		if err != nil {
			s.Fatal(err)
		}
		if strings.Contains(got.Where, "secret") || strings.Contains(got.ID, "secret") {
			s.Errorf("Root contains the password: %+v", got)
		}
	}},
	{"may be missing", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		got, err := s.Replica.Root(s.ctx, false)
		if err != nil || got.Kind != manifest.None {
			s.Errorf("Root: %+v, %v; want nothing and no error", got, err)
		}
	}},
	{"cannot be scanned if missing", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		if tree, err := s.Replica.Scan(s.ctx, sync.Look{}); err == nil {
			s.Errorf("a scan of a missing root shows %q and no error", paths(tree))
		}
	}},
	{"takes no file if missing", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		s.mustFail(nil, newSource("x", earlyTime).put("f", manifest.Entry{}))
		s.mustFail(nil, sync.Step{Op: sync.MkDir, Path: "d"})
		if got, err := s.Replica.Root(s.ctx, false); err != nil || got.Kind != manifest.None {
			s.Errorf("Root: %+v, %v; want nothing: only Root makes it", got, err)
		}
	}},
	{"is made on demand", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		got, err := s.Replica.Root(s.ctx, true)
		if err != nil || got.Kind != manifest.Dir {
			s.Fatalf("Root with create: %+v, %v; want a directory", got, err)
		}
		s.wantPaths()
		s.mustApply(newSource("x", earlyTime).put("f", manifest.Entry{}))
		s.wantContent("f", "x")
	}},
}

var goneTests = []test{
	{"answers for each path, in order", func(s *side) {
		s.Write("there", "x", earlyTime)
		s.Write("d/there too", "x", earlyTime)
		s.Mkdir("dir")
		s.Write("[ab]/x", "x", earlyTime)
		s.Write("a/y", "x", earlyTime)
		was := s.at("there")
		s.scan()
		paths := []manifest.Path{"gone", "there", "d/gone", "d/there too", "dir", "no such/gone", "there/gone", "[ab]/y", "[ab]/x", "*", "a?"}
		present := map[manifest.Path]bool{"there": true, "d/there too": true, "dir": true, "[ab]/x": true}
		base := make([]manifest.Entry, len(paths))
		for i := range base {
			base[i] = was
		}
		errs := s.Replica.Gone(s.ctx, paths, base)
		if len(errs) != len(paths) {
			s.Fatalf("Gone of %d paths has %d answers", len(paths), len(errs))
		}
		for i, err := range errs {
			switch {
			case present[paths[i]] && !errors.Is(err, sync.ErrPresent):
				s.Errorf("Gone(%q): %v, but it is there", paths[i], err)
			case !present[paths[i]] && err != nil:
				s.Errorf("Gone(%q): %v, but it is not there", paths[i], err)
			}
		}
	}},
	{"no paths", func(s *side) {
		if errs := s.Replica.Gone(s.ctx, nil, nil); len(errs) != 0 {
			s.Errorf("Gone of no paths: %v", errs)
		}
	}},
	{"many paths", func(s *side) {
		s.Write("d/there", "x", earlyTime)
		s.scan()
		var paths []manifest.Path
		for _, name := range numbered("gone", 120) {
			paths = append(paths, manifest.Path("d/"+name))
		}
		paths[57] = "d/there"
		for i, err := range s.Replica.Gone(s.ctx, paths, make([]manifest.Entry, len(paths))) {
			if (i == 57) != errors.Is(err, sync.ErrPresent) || i != 57 && err != nil {
				s.Errorf("Gone(%q): %v", paths[i], err)
			}
		}
	}},
	{"unknown below an unreadable directory", func(s *side) {
		s.skipUnless(s.Deny != nil, "unreadable directories")
		s.Write("d/e/f", "x", earlyTime)
		s.scan()
		s.Deny("d")
		err := s.Replica.Gone(s.ctx, []manifest.Path{"d/e/f"}, make([]manifest.Entry, 1))[0]
		if err == nil {
			s.Errorf("Gone says that d/e/f is provably not there, although d cannot be read")
		}
	}},
}
