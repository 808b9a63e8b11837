package replicatest

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
	"ferry/sync"
)

// awkwardNames are names that servers, shells, listings or disks may get wrong.
var awkwardNames = []string{
	"plain", "with space", " leading space", "two  spaces", "[ab]", "*", "?", "a*b?c", "{a,b}", "-rf", "--help", "~home", "~", "#hash", "%41", "$HOME", "`id`", "&", "!",
	".hidden", "...", "..a", "a..", "semi;colon", "type=dir; x", "size=3;", "comma,", "it's", `say "hi"`, `back\slash`, "colon:", "a|b", "<a>", "(a)", "equals=", "plus+", "at@",
	"Größe", "日本語", "😀", "русский", "-rw-r--r-- 1 ann users 5 Jan 1 2024 x", "a -> b", "total 0", "0", "01-02-24  10:20AM       5 x",
	"trailing space ", "trailing.", "CON", "nul.txt", "UPPER", strings.Repeat("long", 40),
}

// decoys are names that some awkward names would match as patterns.
var decoys = []string{"a", "b", "aXbYc", "x"}

var nameTests = []test{
	{"files", func(s *side) {
		for _, name := range decoys {
			s.Write("d/"+name, "decoy", earlyTime)
		}
		for _, name := range awkwardNames {
			if s.Refuses != nil && s.Refuses(name) {
				continue
			}
			s.Write("d/"+name, name, earlyTime)
			s.testFile(manifest.Path("d").Join(norm.NFC.String(name)), name)
		}
		for _, name := range decoys {
			s.wantContent("d/"+name, "decoy")
		}
		s.wantNoTemps()
	}},
	{"directories", func(s *side) {
		for _, name := range decoys {
			s.Write(name+"/f", "decoy", earlyTime)
		}
		for _, name := range awkwardNames {
			if s.Refuses != nil && s.Refuses(name) {
				continue
			}
			s.testDirectory(manifest.Path(norm.NFC.String(name)), name)
		}
		for _, name := range decoys {
			s.wantContent(name+"/f", "decoy")
		}
		s.wantNoTemps()
	}},
	{"created by a step", func(s *side) {
		for _, name := range awkwardNames {
			if s.Refuses != nil && s.Refuses(name) {
				continue
			}
			p := manifest.Path(name)
			s.mustApply(newSource(name, earlyTime).put(p, manifest.Entry{}))
			s.wantContent(name, name)
			s.mustApply(sync.Step{Op: sync.Remove, Path: p, Expect: s.at(p)})
			s.mustApply(sync.Step{Op: sync.MkDir, Path: p})
			if !s.at(p).IsDir() {
				s.Errorf("no directory %q", name)
			}
			s.mustApply(sync.Step{Op: sync.RmDir, Path: p, Expect: manifest.Entry{Kind: manifest.Dir}})
			s.wantPaths()
		}
	}},
	{"decomposed spellings are kept", func(s *side) {
		dir, name := "o\u0308 dir", "u\u0308ber" // NFD
		s.skipUnless(s.Refuses == nil || !s.Refuses(name), "such names")
		s.Write(dir+"/"+name, "old", earlyTime)
		d := manifest.Path(norm.NFC.String(dir))
		p := d.Join(norm.NFC.String(name))
		was := s.at(p)
		if was.Name != name {
			s.Fatalf("%q shows %+v, want the name %q", p, was, name)
		}
		out := s.mustApply(newSource("newer", lateTime).put(p, was))
		s.wantEntry(p, out.Entry)
		s.wantContent(dir+"/"+name, "newer")
		s.mustApply(newSource("second", lateTime).put(d.Join("f"), nothing))
		s.wantContent(dir+"/f", "second")
		out = s.mustApply(move(d, "moved", s.at(d)))
		s.wantEntry("moved", out.Entry)
		p = p.Rebase(d, "moved")
		if got, _ := s.readFrom(p, s.at(p), 0); got != "newer" {
			s.Errorf("read %q where the directory was moved to", got)
		}
		s.mustApply(remove(p, s.at(p)))
		s.wantPaths("moved/", "moved/f")
	}},
	{"decomposed spellings are kept without another scan", func(s *side) {
		dir, name := "o\u0308 dir", "u\u0308ber" // NFD
		s.skipUnless(s.Refuses == nil || !s.Refuses(name), "such names")
		s.Write(dir+"/sub/"+name, "old", earlyTime)
		d := manifest.Path(norm.NFC.String(dir))
		p := d.Join("sub/" + norm.NFC.String(name))
		tree := s.scan()
		was := tree.At(p)
		for i, out := range s.apply(s.ctx,
			move(d, "moved", tree.At(d)),
			newSource("newer", lateTime).put(p.Rebase(d, "moved"), was),
			newSource("second", lateTime).put("moved/f", nothing),
		) {
			if out.Err != nil {
				s.Fatalf("step %d: %v", i, out.Err)
			}
		}
		s.wantContent("moved/sub/"+name, "newer")
		s.wantPaths("moved/", "moved/f", "moved/sub/", string(p.Rebase(d, "moved")))
	}},
	{"a new name is spelled as wanted", func(s *side) {
		spelled := "u\u0308ber"
		s.skipUnless(s.Refuses == nil || !s.Refuses(spelled), "such names")
		o := newSource("x", earlyTime)
		o.name = spelled
		p := manifest.Path(norm.NFC.String(spelled))
		s.wantEntry(p, s.mustApply(o.put(p, manifest.Entry{})).Entry)
		s.wantContent(spelled, "x")
	}},
	{"two spellings of one name are unknown", func(s *side) {
		one, two := "\u00fcber", "u\u0308ber"
		s.skipUnless(s.Refuses == nil || !s.Refuses(two), "such names")
		s.Write("d/"+one, "one", earlyTime)
		s.Write("d/"+two, "two", earlyTime)
		s.skipUnless(len(s.List()) == 3, "two spellings of one name")
		tree := s.scan()
		if tree.Known("d/über") || !tree.Known("d") {
			s.Errorf("known: d/über %v, d %v; want false, true; problems: %v", tree.Known("d/über"), tree.Known("d"), tree.Problems())
		}
	}},
	{"two cases of one name", func(s *side) {
		s.skipUnless(!s.FoldsCase, "cases to tell apart")
		s.Write("Read", "one", earlyTime)
		s.Write("read", "two", earlyTime)
		s.wantPaths("Read", "read")
		s.mustApply(sync.Step{Op: sync.Remove, Path: "Read", Expect: s.at("Read")})
		s.wantContent("read", "two")
	}},
	{"another case of a name", func(s *side) {
		s.Write("d/read", "x", earlyTime)
		s.mustApply(sync.Step{Op: sync.Move, From: "d/read", Path: "d/READ", Expect: s.at("d/read")})
		s.wantPaths("d/", "d/READ")
	}},
}

// testFile carries out every operation on the file at p, whose name is spelled as
// given.
func (s *side) testFile(p manifest.Path, name string) {
	s.Helper()
	was := s.at(p)
	if !was.IsFile() || was.Size != int64(len(name)) || was.Spelled(p) != name {
		s.Errorf("%q shows as %+v", name, was)
		return
	}
	if err := s.Replica.Gone(s.ctx, []manifest.Path{p}, []manifest.Entry{was})[0]; err == nil {
		s.Errorf("%q is gone, says Gone", name)
	}
	if got, _ := s.readFrom(p, was, 0); got != name {
		s.Errorf("content of %q is %q", name, got)
	}
	out := s.mustApply(newSource("new "+name, lateTime).put(p, was))
	s.wantEntry(p, out.Entry)
	moved := p.Parent().Join("moved " + p.Base())
	if len(moved.Base()) > 200 {
		moved = p.Parent().Join("moved")
	}
	out = s.mustApply(sync.Step{Op: sync.Move, From: p, Path: moved, Expect: out.Entry})
	out = s.mustApply(sync.Step{Op: sync.Move, From: moved, Path: p, Expect: out.Entry})
	s.wantContent(string(p.Parent())+"/"+name, "new "+name)
	s.mustApply(sync.Step{Op: sync.Remove, Path: p, Expect: out.Entry, Trash: true})
	s.wantNoFile(string(p.Parent()) + "/" + name)
	s.wantInTrash(string(p.Parent())+"/"+name, "new "+name)
}

// testDirectory carries out every operation on a directory with the given name.
func (s *side) testDirectory(p manifest.Path, name string) {
	s.Helper()
	s.Write(name+"/sub/f", "x", earlyTime)
	tree := s.scan()
	if !tree.At(p).IsDir() || !tree.At(p.Join("sub/f")).IsFile() {
		s.Errorf("%q shows %+v, sub/f in it %+v", name, tree.At(p), tree.At(p.Join("sub/f")))
		return
	}
	some := s.scanWith(sync.Look{Dirs: []manifest.Path{p, p.Join("sub")}})
	if !some.At(p.Join("sub")).IsDir() || !some.At(p.Join("sub/f")).IsFile() {
		s.Errorf("in %q alone: %q", name, paths(some))
	}
	s.mustApply(newSource("y", earlyTime).put(p.Join("g"), manifest.Entry{}))
	s.wantContent(name+"/g", "y")
	for _, step := range []sync.Step{
		{Op: sync.Remove, Path: p.Join("g"), Expect: s.at(p.Join("g"))},
		{Op: sync.Remove, Path: p.Join("sub/f"), Expect: s.at(p.Join("sub/f"))},
		{Op: sync.RmDir, Path: p.Join("sub"), Expect: manifest.Entry{Kind: manifest.Dir}},
		{Op: sync.RmDir, Path: p, Expect: manifest.Entry{Kind: manifest.Dir}},
	} {
		s.mustApply(step)
	}
	if s.at(p).Exists() {
		s.Errorf("%q is still there", name)
	}
}
