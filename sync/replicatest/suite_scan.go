package replicatest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// numbered returns n names, which are name and a number.
func numbered(name string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%03d", name, i)
	}
	return names
}

var scanTests = []test{
	{"an empty root", func(s *side) { s.wantPaths() }},
	{"kinds, sizes and order", func(s *side) {
		s.Write("b", "four", earlyTime)
		s.Write("a/z", "", earlyTime)
		s.Write("a/y/x", strings.Repeat("x", 70_000), earlyTime)
		s.Write("a-b", "12", earlyTime)
		s.Mkdir("empty")
		s.wantPaths("a/", "a/y/", "a/y/x", "a/z", "a-b", "b", "empty/")
		tree := s.scan()
		for p, size := range map[manifest.Path]int64{"b": 4, "a/z": 0, "a/y/x": 70_000, "a-b": 2, "a": 0, "empty": 0} {
			if got := tree.At(p).Size; got != size {
				s.Errorf("size of %q: %d, want %d", p, got, size)
			}
		}
		if len(tree.Problems()) != 0 {
			s.Errorf("problems: %v", tree.Problems())
		}
	}},
	{"times", func(s *side) {
		s.Write("f", "x", earlyTime)
		s.Write("g", "x", lateTime)
		f, g := s.at("f"), s.at("g")
		if f.Precision != s.Precision {
			s.Fatalf("precision is %d, want %d", f.Precision, s.Precision)
		}
		step := s.Precision.Duration()
		if step == 0 {
			return
		}
		apart, told := lateTime.Sub(earlyTime), time.Duration(g.ModTime-f.ModTime)
		if d := apart - told; d <= -step || d >= step {
			s.Errorf("two times that are %v apart are listed %v apart", apart, told)
		}
		if step <= time.Second {
			if want := earlyTime.Truncate(step).UnixNano(); f.ModTime != want {
				s.Errorf("time is %v, want %v", f.Time(), time.Unix(0, want).UTC())
			}
		}
	}},
	{"a time before 1970", func(s *side) {
		s.Write("f", "x", time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC))
		was := s.at("f")
		if !was.IsFile() || !manifest.Unchanged(was, s.at("f")) {
			s.Errorf("two scans show %+v and %+v", was, s.at("f"))
		}
	}},
	{"two scans without a change", func(s *side) {
		s.Write("f", "x", earlyTime)
		s.Write("d/g", "yy", lateTime)
		one, two := s.scan(), s.scan()
		for p, e := range one.All() {
			if two.At(p) != e {
				s.Errorf("%q: %+v, then %+v", p, e, two.At(p))
			}
		}
	}},
	{"changes by somebody else", func(s *side) {
		s.Write("size", "x", earlyTime)
		s.Write("time", "x", earlyTime)
		s.Write("gone", "x", earlyTime)
		s.Write("kind", "x", earlyTime)
		was := s.scan()
		s.Write("size", "xx", earlyTime)
		s.Write("time", "y", lateTime)
		s.Remove("gone")
		s.Remove("kind")
		s.Mkdir("kind")
		s.Write("new", "", earlyTime)
		now := s.scan()
		s.wantTreePaths(now, "kind/", "new", "size", "time")
		changed := []manifest.Path{"size", "kind"}
		if s.Precision != manifest.NoTime {
			changed = append(changed, "time")
		}
		for _, p := range changed {
			if manifest.Unchanged(was.At(p), now.At(p)) {
				s.Errorf("%q does not look changed: %+v", p, now.At(p))
			}
		}
	}},
	{"identities", func(s *side) {
		s.skipUnless(s.IDs, "identities")
		s.Write("f", "x", earlyTime)
		s.Write("g", "x", earlyTime)
		was := s.scan()
		if was.At("f").ID == 0 || was.At("f").ID == was.At("g").ID {
			s.Fatalf("identities of two files: %d, %d", was.At("f").ID, was.At("g").ID)
		}
		s.Mkdir("d")
		s.Rename("f", "d/h")
		if now := s.at("d/h"); now.ID != was.At("f").ID {
			s.Errorf("a renamed file has identity %d, was %d", now.ID, was.At("f").ID)
		}
	}},
	{"a deep path", func(s *side) {
		deep := strings.Repeat("deep/", 30) + "f"
		s.Write(deep, "x", earlyTime)
		if got := s.at(manifest.Path(deep)); got.Size != 1 || !got.IsFile() {
			s.Errorf("30 levels down: %+v", got)
		}
	}},
	{"a large directory", func(s *side) {
		names := numbered("file ", 300)
		for _, name := range names {
			s.Write("d/"+name, name, earlyTime)
		}
		want := []string{"d/"}
		for _, name := range names {
			want = append(want, "d/"+name)
		}
		s.wantPaths(want...)
	}},
	{"links", func(s *side) {
		s.skipUnless(s.Link != nil, "links")
		s.Write("f", "x", earlyTime)
		s.Link("link")
		s.Link("d/link")
		tree := s.scan()
		s.wantTreePaths(tree, "d/", "d/link", "f", "link")
		for _, p := range []manifest.Path{"link", "d/link"} {
			if got := tree.At(p).Kind; got != manifest.Other {
				s.Errorf("%q is a %v, want a special file", p, got)
			}
		}
	}},
	{"ignored paths", func(s *side) {
		s.Write("a/keep", "x", earlyTime)
		s.Write("a/skip", "x", earlyTime)
		s.Write("skip/deep/f", "x", earlyTime)
		s.Write("b/f", "x", earlyTime)
		asked := make(chan string, 100)
		tree := s.scanWith(sync.Look{Ignore: func(p manifest.Path, dir bool) bool {
			if dir {
				p += "/"
			}
			asked <- string(p)
			return strings.HasPrefix(strings.TrimSuffix(string(p), "/"), "skip") || p == "a/skip"
		}})
		close(asked)
		s.wantTreePaths(tree, "a/", "a/keep", "b/", "b/f")
		if !tree.At("a").Holds || tree.At("b").Holds {
			s.Errorf("a holds something ignored: %v, b does: %v; want true, false", tree.At("a").Holds, tree.At("b").Holds)
		}
		var all []string
		for p := range asked {
			all = append(all, p)
		}
		slices.Sort(all)
		if want := []string{"a/", "a/keep", "a/skip", "b/", "b/f", "skip/"}; !slices.Equal(all, want) {
			s.Errorf("asked of %q, want %q", all, want)
		}
	}},
	{"ferry's own files", func(s *side) {
		temp, plain := tempOf("us", false), tempOf("others", true)
		s.Write(temp, "x", earlyTime)
		s.Write(plain, "x", earlyTime)
		s.Write("d/"+temp, "x", earlyTime)
		s.Write(".ferry/trash/20240101-000000/f", "x", earlyTime)
		s.Write("d/.ferry/f", "of a pair whose root is further down", earlyTime)
		s.Write("d/g/.FERRY/f", "the same, where case does not count", earlyTime)
		s.Write(".ferryignore", "not ours either", earlyTime)
		s.Write("e/"+temp, "x", earlyTime)
		tree := s.scan()
		s.wantTreePaths(tree, ".ferryignore", "d/", "d/g/", "e/")
		if !tree.At("d").Holds || !tree.At("d/g").Holds {
			s.Errorf("a directory that holds what belongs to another pair can be removed")
		}
		if tree.At("e").Holds {
			s.Errorf("a directory that holds only temporary files cannot be removed")
		}
	}},
	{"a file that only looks like a temporary", func(s *side) {
		s.Write(".ferry-notes.part", "x", earlyTime)
		s.Write("ferry-2024-list.part", "x", earlyTime)
		s.Write("ferry-20240101-crossing.mp4.part", "x", earlyTime)
		last := []byte(tempOf("us", true))
		last[len(last)-len("0.part")] ^= 1 // another check digit
		s.Write(string(last), "x", earlyTime)
		want := []string{".ferry-notes.part", "ferry-20240101-crossing.mp4.part", "ferry-2024-list.part", string(last)}
		slices.Sort(want)
		s.wantPaths(want...)
	}},
	{"some directories", func(s *side) {
		s.Write("f", "x", earlyTime)
		s.Write("a/f", "xx", earlyTime)
		s.Write("a/b/f", "xxx", earlyTime)
		s.Write("a/b/c/f", "xxxx", earlyTime)
		s.Write("d/f", "x", earlyTime)
		s.Write("file", "x", earlyTime)
		s.scan()
		s.wantTreePaths(s.scanWith(sync.Look{Dirs: []manifest.Path{"a", "a/b"}}), "a/b/", "a/b/c/", "a/b/f", "a/f")
		s.wantTreePaths(s.scanWith(sync.Look{Dirs: []manifest.Path{manifest.Root}}), "a/", "d/", "f", "file")
		missing := s.scanWith(sync.Look{Dirs: []manifest.Path{"no such", "d/no/such", "d"}})
		s.wantTreePaths(missing, "d/f")
		if !missing.Known("no such") || !missing.Known("no such/f") || !missing.Known("d/no/such") {
			s.Errorf("a missing directory counts as unknown: %v", missing.Problems())
		}
		s.wantTreePaths(s.scanWith(sync.Look{Dirs: []manifest.Path{}}))
	}},
	{"some directories, partly ignored", func(s *side) {
		s.Write("a/f", "xx", earlyTime)
		s.Write("a/skip", "xx", earlyTime)
		s.scan()
		s.wantTreePaths(s.scanWith(sync.Look{Dirs: []manifest.Path{"a"}, Ignore: func(p manifest.Path, _ bool) bool { return p.Base() == "skip" }}), "a/f")
	}},
	{"entries of the past that are gone", func(s *side) {
		s.Write("f", "x", earlyTime)
		tree := s.scanWith(sync.Look{
			Past:        func(manifest.Path) manifest.Entry { return manifest.Entry{Kind: manifest.Dir} },
			HadChildren: func(manifest.Path) bool { return true },
		})
		s.wantTreePaths(tree, "f")
	}},
	{"an unreadable directory", func(s *side) {
		s.skipUnless(s.Deny != nil, "unreadable directories")
		s.Write("a/f", "x", earlyTime)
		s.Write("a/b/f", "x", earlyTime)
		s.Write("c/f", "x", earlyTime)
		s.Deny("a")
		tree := s.scan()
		s.wantTreePaths(tree, "a/", "c/", "c/f")
		if tree.Known("a") || tree.Known("a/b/f") || !tree.Known("c/f") {
			s.Errorf("what is known: a %v, a/b/f %v, c/f %v", tree.Known("a"), tree.Known("a/b/f"), tree.Known("c/f"))
		}
		if len(tree.Problems()) != 1 || tree.Problems()[0].Why == "" {
			s.Errorf("problems: %v, want one that says why", tree.Problems())
		}
		some := s.scanWith(sync.Look{Dirs: []manifest.Path{"a", "c"}})
		if some.Known("a/f") || !some.Known("c/f") {
			s.Errorf("what is known of some directories: a/f %v, c/f %v", some.Known("a/f"), some.Known("c/f"))
		}
	}},
}
