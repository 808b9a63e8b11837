package replicatest

import (
	"ferry/manifest"
	"ferry/sync"
)

// dirEntry is what is expected of a directory: for one only the kind counts.
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

var changeParts = []part{
	{"make a directory", func(s *side) {
		s.stands("d", s.do(mkdir("d")).Entry)
		s.stands("d/e", s.do(mkdir("d/e")).Entry)
		s.shows("d/", "d/e/")
	}},
	{"make a directory that is there", func(s *side) {
		s.Write("d/f", "x", early)
		s.unchanged(func() { s.stands("d", s.do(mkdir("d")).Entry) })
	}},
	{"make a directory where a file is", func(s *side) {
		s.Write("f", "x", early)
		s.unchanged(func() { s.fails(nil, mkdir("f")) })
	}},
	{"make a directory nowhere", func(s *side) {
		s.Write("f", "x", early)
		s.unchanged(func() {
			s.fails(nil, mkdir("no such/d"))
			s.fails(nil, mkdir("f/d"))
		})
	}},
	{"move a file", func(s *side) {
		s.Write("a", "x", early)
		s.Mkdir("d")
		was := s.at("a")
		out := s.do(move("a", "d/b", was))
		s.stands("d/b", out.Entry)
		s.reads("d/b", "x")
		s.shows("d/", "d/b")
		if !manifest.Unchanged(was, out.Entry) {
			s.Errorf("moved: %+v, was %+v", out.Entry, was)
		}
	}},
	{"move a directory with what is in it", func(s *side) {
		s.Write("a/f", "x", early)
		s.Write("a/b/g", "y", late)
		s.Mkdir("a/empty")
		s.Mkdir("d")
		out := s.do(move("a", "d/c", s.at("a")))
		s.stands("d/c", out.Entry)
		s.shows("d/", "d/c/", "d/c/b/", "d/c/b/g", "d/c/empty/", "d/c/f")
		s.reads("d/c/b/g", "y")
		s.do(text("z", early).put("d/c/b/h", nothing))
		s.reads("d/c/b/h", "z")
	}},
	{"move to a name that is taken", func(s *side) {
		s.Write("f", "mine", early)
		s.Write("d/g", "mine", early)
		s.Write("taken", "somebody's", late)
		s.Mkdir("empty")
		s.Write("full/h", "somebody's", late)
		tree := s.scan()
		s.unchanged(func() {
			for _, to := range []manifest.Path{"taken", "empty", "full"} {
				s.fails(nil, move("f", to, tree.At("f")))
				s.fails(nil, move("d", to, tree.At("d")))
			}
		})
	}},
	{"move what is not as expected", func(s *side) {
		s.Write("f", "was", early)
		s.Write("g", "was", early)
		s.Mkdir("d")
		was := s.scan()
		s.Write("f", "edited", late)
		s.Remove("g")
		s.Remove("d")
		s.Write("d", "a file now", late)
		s.unchanged(func() {
			s.fails(sync.ErrChanged, move("f", "x", was.At("f")))
			s.fails(sync.ErrChanged, move("g", "x", was.At("g")))
			s.fails(sync.ErrChanged, move("d", "x", was.At("d")))
		})
	}},
	{"move nowhere", func(s *side) {
		s.Write("f", "x", early)
		s.Write("d/g", "x", early)
		tree := s.scan()
		s.unchanged(func() {
			s.fails(nil, move("f", "no such/f", tree.At("f")))
			s.fails(nil, move("d", "d/e", tree.At("d")))
		})
	}},
	{"move forth and back", func(s *side) {
		s.Write("a/f", "x", early)
		was := s.at("a")
		for range 3 {
			was = s.do(move("a", "b", was)).Entry
			was = s.do(move("b", "a", was)).Entry
		}
		s.shows("a/", "a/f")
	}},
	{"remove a file", func(s *side) {
		s.Write("d/f", "x", early)
		if out := s.do(remove("d/f", s.at("d/f"))); out.Entry.Exists() {
			s.Errorf("after a removal there is %+v", out.Entry)
		}
		s.shows("d/")
		s.keeps("d/f")
	}},
	{"remove a file to the trash", func(s *side) {
		for _, content := range []string{"one", "three"} {
			s.Write("d/e/f", content, early)
			step := remove("d/e/f", s.at("d/e/f"))
			step.Trash = true
			s.do(step)
		}
		s.keeps("d/e/f", "one", "three")
		s.shows("d/", "d/e/")
		s.do(rmdir("d/e"))
		s.do(rmdir("d"))
		s.keeps("d/e/f", "one", "three")
	}},
	{"remove a file that was edited", func(s *side) {
		s.Write("f", "was", early)
		was := s.at("f")
		s.Write("f", "edited", late)
		s.unchanged(func() {
			step := remove("f", was)
			s.fails(sync.ErrChanged, step)
			step.Trash = true
			s.fails(sync.ErrChanged, step)
		})
	}},
	{"remove a file that is a directory now", func(s *side) {
		s.Write("f", "was", early)
		s.Write("g", "was", early)
		was := s.scan()
		s.Remove("f")
		s.Remove("g")
		s.Write("f/in", "x", early)
		s.Mkdir("g")
		s.unchanged(func() {
			for _, p := range []manifest.Path{"f", "g"} {
				step := remove(p, was.At(p))
				s.fails(sync.ErrChanged, step)
				step.Trash = true
				s.fails(sync.ErrChanged, step)
			}
		})
	}},
	{"remove a file that is gone", func(s *side) {
		s.Write("d/f", "x", early)
		was := s.at("d/f")
		s.Remove("d/f")
		s.unchanged(func() {
			s.do(remove("d/f", was))
			step := remove("d/f", was)
			step.Trash = true
			s.do(step)
		})
		s.Remove("d")
		s.do(remove("d/f", was))
	}},
	{"a directory is neither replaced nor removed as a file", func(s *side) {
		s.Mkdir("empty")
		s.Write("full/f", "x", early)
		tree := s.scan()
		s.unchanged(func() {
			for _, trash := range []bool{false, true} {
				for _, p := range []manifest.Path{"empty", "full"} {
					put, rm := text("x", early).put(p, tree.At(p)), remove(p, tree.At(p))
					put.Trash, rm.Trash = trash, trash
					s.fails(nil, put)
					s.fails(nil, rm)
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
					put, rm := text("x", early).put("link", expect), remove("link", expect)
					put.Trash, rm.Trash = trash, trash
					s.fails(nil, put)
					s.fails(nil, rm)
					s.fails(nil, move("link", "moved", expect))
				}
			}
			s.fails(nil, mkdir("link"))
			s.fails(nil, rmdir("link"))
		})
	}},
	{"remove an empty directory", func(s *side) {
		s.Mkdir("d/e")
		s.do(rmdir("d/e"))
		s.do(rmdir("d"))
		s.shows()
	}},
	{"remove a directory that is not empty", func(s *side) {
		s.Write("d/f", "x", early)
		s.Mkdir("e/sub")
		s.Write("h/.hidden", "x", early)
		s.scan()
		s.unchanged(func() {
			s.fails(nil, rmdir("d"))
			s.fails(nil, rmdir("e"))
			s.fails(nil, rmdir("h"))
		})
	}},
	{"remove a directory that is gone", func(s *side) {
		s.Mkdir("d")
		s.scan()
		s.Remove("d")
		s.do(rmdir("d"))
	}},
	{"remove a directory that is a file now", func(s *side) {
		s.Mkdir("d")
		s.scan()
		s.Remove("d")
		s.Write("d", "x", early)
		s.unchanged(func() { s.fails(sync.ErrChanged, rmdir("d")) })
	}},
}
