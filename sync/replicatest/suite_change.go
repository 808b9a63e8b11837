package replicatest

import (
	"ferry/manifest"
	"ferry/sync"
	"slices"
)

// dirEntry is the expected entry of any directory: only the kind counts.
var dirEntry = manifest.Entry{Kind: manifest.Dir}

func move(from, to manifest.Path, expect manifest.Entry) sync.Step {
	return sync.Step{Op: sync.Move, From: from, Path: to, Expect: expect}
}

func remove(p manifest.Path, expect manifest.Entry) sync.Step {
	return sync.Step{Op: sync.Remove, Path: p, Expect: expect}
}

func rmdir(p manifest.Path) sync.Step {
	return sync.Step{Op: sync.RmDir, Path: p, Expect: dirEntry}
}

func mkdir(p manifest.Path) sync.Step { return sync.Step{Op: sync.MkDir, Path: p} }

var changeTests = []test{
	{"make a directory", func(s *side) {
		s.wantEntry("d", s.mustApply(mkdir("d")).Entry)
		s.wantEntry("d/e", s.mustApply(mkdir("d/e")).Entry)
		s.wantPaths("d/", "d/e/")
	}},
	{"make a directory that is there", func(s *side) {
		s.Write("d/f", "x", earlyTime)
		s.unchanged(func() { s.wantEntry("d", s.mustApply(mkdir("d")).Entry) })
	}},
	{"make a directory where a file is", func(s *side) {
		s.Write("f", "x", earlyTime)
		s.unchanged(func() { s.mustFail(nil, mkdir("f")) })
	}},
	{"make a directory without its parent", func(s *side) {
		s.Write("f", "x", earlyTime)
		s.unchanged(func() {
			s.mustFail(nil, mkdir("no such/d"))
			s.mustFail(nil, mkdir("f/d"))
		})
	}},
	{"move a file", func(s *side) {
		s.Write("a", "x", earlyTime)
		s.Mkdir("d")
		was := s.at("a")
		out := s.mustApply(move("a", "d/b", was))
		s.wantEntry("d/b", out.Entry)
		s.wantContent("d/b", "x")
		s.wantPaths("d/", "d/b")
		if !manifest.Unchanged(was, out.Entry) {
			s.Errorf("moved: %+v, was %+v", out.Entry, was)
		}
	}},
	{"move a directory with what is in it", func(s *side) {
		s.Write("a/f", "x", earlyTime)
		s.Write("a/b/g", "y", lateTime)
		s.Mkdir("a/empty")
		s.Mkdir("d")
		out := s.mustApply(move("a", "d/c", s.at("a")))
		s.wantEntry("d/c", out.Entry)
		s.wantPaths("d/", "d/c/", "d/c/b/", "d/c/b/g", "d/c/empty/", "d/c/f")
		s.wantContent("d/c/b/g", "y")
		s.mustApply(newSource("z", earlyTime).put("d/c/b/h", nothing))
		s.wantContent("d/c/b/h", "z")
	}},
	{"move to a name that is taken", func(s *side) {
		s.Write("f", "mine", earlyTime)
		s.Write("d/g", "mine", earlyTime)
		s.Write("taken", "somebody's", lateTime)
		s.Mkdir("empty")
		s.Write("full/h", "somebody's", lateTime)
		tree := s.scan()
		s.unchanged(func() {
			for _, to := range []manifest.Path{"taken", "empty", "full"} {
				s.mustFail(nil, move("f", to, tree.At("f")))
				s.mustFail(nil, move("d", to, tree.At("d")))
			}
		})
	}},
	{"move what is not as expected", func(s *side) {
		s.Write("f", "was", earlyTime)
		s.Write("g", "was", earlyTime)
		s.Mkdir("d")
		was := s.scan()
		s.Write("f", "edited", lateTime)
		s.Remove("g")
		s.Remove("d")
		s.Write("d", "a file now", lateTime)
		s.unchanged(func() {
			s.mustFail(sync.ErrChanged, move("f", "x", was.At("f")))
			s.mustFail(sync.ErrChanged, move("g", "x", was.At("g")))
			s.mustFail(sync.ErrChanged, move("d", "x", was.At("d")))
		})
	}},
	{"move into a missing directory, or into itself", func(s *side) {
		s.Write("f", "x", earlyTime)
		s.Write("d/g", "x", earlyTime)
		tree := s.scan()
		s.unchanged(func() {
			s.mustFail(nil, move("f", "no such/f", tree.At("f")))
			s.mustFail(nil, move("d", "d/e", tree.At("d")))
		})
	}},
	{"move back and forth", func(s *side) {
		s.Write("a/f", "x", earlyTime)
		was := s.at("a")
		for range 3 {
			was = s.mustApply(move("a", "b", was)).Entry
			was = s.mustApply(move("b", "a", was)).Entry
		}
		s.wantPaths("a/", "a/f")
	}},
	{"remove a file", func(s *side) {
		s.Write("d/f", "x", earlyTime)
		if out := s.mustApply(remove("d/f", s.at("d/f"))); out.Entry.Exists() {
			s.Errorf("after a removal there is %+v", out.Entry)
		}
		s.wantPaths("d/")
		s.wantInTrash("d/f")
	}},
	{"remove a file to the trash", func(s *side) {
		for _, content := range []string{"one", "three"} {
			s.Write("d/e/f", content, earlyTime)
			step := remove("d/e/f", s.at("d/e/f"))
			step.Trash = true
			s.mustApply(step)
		}
		s.wantInTrash("d/e/f", "one", "three")
		s.wantPaths("d/", "d/e/")
		s.mustApply(rmdir("d/e"))
		s.mustApply(rmdir("d"))
		s.wantInTrash("d/e/f", "one", "three")
	}},
	{"remove a file that was edited", func(s *side) {
		s.Write("f", "was", earlyTime)
		was := s.at("f")
		s.Write("f", "edited", lateTime)
		s.unchanged(func() {
			step := remove("f", was)
			s.mustFail(sync.ErrChanged, step)
			step.Trash = true
			s.mustFail(sync.ErrChanged, step)
		})
	}},
	{"remove a file that is a directory now", func(s *side) {
		s.Write("f", "was", earlyTime)
		s.Write("g", "was", earlyTime)
		was := s.scan()
		s.Remove("f")
		s.Remove("g")
		s.Write("f/in", "x", earlyTime)
		s.Mkdir("g")
		s.unchanged(func() {
			for _, p := range []manifest.Path{"f", "g"} {
				step := remove(p, was.At(p))
				s.mustFail(sync.ErrChanged, step)
				step.Trash = true
				s.mustFail(sync.ErrChanged, step)
			}
		})
	}},
	{"remove a file that is gone", func(s *side) {
		s.Write("d/f", "x", earlyTime)
		was := s.at("d/f")
		s.Remove("d/f")
		s.unchanged(func() {
			s.mustApply(remove("d/f", was))
			step := remove("d/f", was)
			step.Trash = true
			s.mustApply(step)
		})
		s.Remove("d")
		s.mustApply(remove("d/f", was))
	}},
	{"a directory is neither replaced nor removed as a file", func(s *side) {
		s.Mkdir("empty")
		s.Write("full/f", "x", earlyTime)
		tree := s.scan()
		s.unchanged(func() {
			for _, trash := range []bool{false, true} {
				for _, p := range []manifest.Path{"empty", "full"} {
					put, rm := newSource("x", earlyTime).put(p, tree.At(p)), remove(p, tree.At(p))
					put.Trash, rm.Trash = trash, trash
					s.mustFail(nil, put)
					s.mustFail(nil, rm)
				}
			}
		})
	}},
	{"a special file is left alone", func(s *side) {
		s.skipUnless(s.Link != nil, "links")
		s.Link("link")
		was := s.at("link")
		s.unchanged(func() {
			for _, trash := range []bool{false, true} {
				for _, expect := range []manifest.Entry{nothing, was, {Kind: manifest.File}, dirEntry} {
					put, rm := newSource("x", earlyTime).put("link", expect), remove("link", expect)
					put.Trash, rm.Trash = trash, trash
					s.mustFail(nil, put)
					s.mustFail(nil, rm)
					s.mustFail(nil, move("link", "moved", expect))
				}
			}
			s.mustFail(nil, mkdir("link"))
			s.mustFail(nil, rmdir("link"))
		})
	}},
	{"make a link", func(s *side) {
		_, makes, err := s.Replica.Links(s.Context(), nil)
		if err != nil {
			s.Fatal(err)
		}
		s.skipUnless(makes, "links of its own")
		s.Write("f", "x", earlyTime)
		s.Write("d/g", "y", earlyTime)
		s.scan()
		link := sync.Step{Op: sync.MakeLink, Path: "d/l", Target: "../f"}
		s.mustApply(link)
		s.wantEntry("d/l", s.at("d/l"))
		targets, _, err := s.Replica.Links(s.Context(), []manifest.Path{"d/l", "d/g", "nothing", "no/where"})
		if want := "../f"; err != nil || targets[0] != want && targets[0] != "/f" || !slices.Equal(targets[1:], []string{"", "", ""}) {
			s.Errorf("the links lead to %q, %v; want %q", targets, err, want)
		}
		s.unchanged(func() {
			s.mustFail(sync.ErrChanged, link)
			s.mustFail(sync.ErrChanged, sync.Step{Op: sync.MakeLink, Path: "d/g", Target: "../f"})
			s.mustFail(nil, sync.Step{Op: sync.MakeLink, Path: "no/where", Target: "../f"})
		})
	}},
	{"remove an empty directory", func(s *side) {
		s.Mkdir("d/e")
		s.mustApply(rmdir("d/e"))
		s.mustApply(rmdir("d"))
		s.wantPaths()
	}},
	{"remove a directory that is not empty", func(s *side) {
		s.Write("d/f", "x", earlyTime)
		s.Mkdir("e/sub")
		s.Write("h/.hidden", "x", earlyTime)
		s.scan()
		s.unchanged(func() {
			s.mustFail(nil, rmdir("d"))
			s.mustFail(nil, rmdir("e"))
			s.mustFail(nil, rmdir("h"))
		})
	}},
	{"remove a directory that is gone", func(s *side) {
		s.Mkdir("d")
		s.scan()
		s.Remove("d")
		s.mustApply(rmdir("d"))
	}},
	{"remove a directory that is a file now", func(s *side) {
		s.Mkdir("d")
		s.scan()
		s.Remove("d")
		s.Write("d", "x", earlyTime)
		s.unchanged(func() { s.mustFail(sync.ErrChanged, rmdir("d")) })
	}},
}
