package replicatest

import (
	"errors"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

var rootParts = []part{
	{"there", func(s *side) {
		got, err := s.Replica.Root(s.ctx, false)
		if err != nil || got.Kind != manifest.Dir || got.Where == "" {
			s.Fatalf("Root: %+v, %v; want a directory that says where it is", got, err)
		}
		again, err := s.Replica.Root(s.ctx, true)
		if err != nil || again != got {
			s.Errorf("Root with create: %+v, %v; want %+v", again, err, got)
		}
	}},
	{"says no password", func(s *side) {
		got, err := s.Replica.Root(s.ctx, false)
		if err != nil {
			s.Fatal(err)
		}
		if strings.Contains(got.Where, "secret") || strings.Contains(got.ID, "secret") {
			s.Errorf("Root tells the password: %+v", got)
		}
	}},
	{"missing is no error", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		got, err := s.Replica.Root(s.ctx, false)
		if err != nil || got.Kind != manifest.None {
			s.Errorf("Root: %+v, %v; want nothing and no error", got, err)
		}
	}},
	{"missing has no tree", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		if tree, err := s.Replica.Scan(s.ctx, sync.Look{}); err == nil {
			s.Errorf("a scan of a missing root shows %q and no error", paths(tree))
		}
	}},
	{"missing takes no file", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		s.fails(nil, text("x", early).put("f", manifest.Entry{}))
		s.fails(nil, sync.Step{Op: sync.MkDir, Path: "d"})
		if got, err := s.Replica.Root(s.ctx, false); err != nil || got.Kind != manifest.None {
			s.Errorf("Root: %+v, %v; want nothing: only Root makes it", got, err)
		}
	}},
	{"made on demand", func(s *side) {
		s.skipUnless(!s.FixedRoot, "root that can be removed")
		s.Remove("")
		got, err := s.Replica.Root(s.ctx, true)
		if err != nil || got.Kind != manifest.Dir {
			s.Fatalf("Root with create: %+v, %v; want a directory", got, err)
		}
		s.shows()
		s.do(text("x", early).put("f", manifest.Entry{}))
		s.reads("f", "x")
	}},
}

var goneParts = []part{
	{"tells each apart, in order", func(s *side) {
		s.Write("there", "x", early)
		s.Write("d/there too", "x", early)
		s.Mkdir("dir")
		s.Write("[ab]/x", "x", early)
		s.Write("a/y", "x", early)
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
	{"of nothing", func(s *side) {
		if errs := s.Replica.Gone(s.ctx, nil, nil); len(errs) != 0 {
			s.Errorf("Gone of no paths: %v", errs)
		}
	}},
	{"of many", func(s *side) {
		s.Write("d/there", "x", early)
		s.scan()
		var paths []manifest.Path
		for _, name := range many("gone", 120) {
			paths = append(paths, manifest.Path("d/"+name))
		}
		paths[57] = "d/there"
		for i, err := range s.Replica.Gone(s.ctx, paths, make([]manifest.Entry, len(paths))) {
			if (i == 57) != errors.Is(err, sync.ErrPresent) || i != 57 && err != nil {
				s.Errorf("Gone(%q): %v", paths[i], err)
			}
		}
	}},
	{"not told below what cannot be read", func(s *side) {
		s.skipUnless(s.Deny != nil, "unreadable directories")
		s.Write("d/e/f", "x", early)
		s.scan()
		s.Deny("d")
		err := s.Replica.Gone(s.ctx, []manifest.Path{"d/e/f"}, make([]manifest.Entry, 1))[0]
		if err == nil {
			s.Errorf("Gone says that d/e/f is provably not there, although d cannot be read")
		}
	}},
}
