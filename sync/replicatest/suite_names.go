package replicatest

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
	"ferry/sync"
)

// names are names that servers, shells, listings and disks stumble over.
var names = []string{
	"plain", "with space", " leading space", "two  spaces", "[ab]", "*", "?", "a*b?c", "{a,b}", "-rf", "--help", "~home", "~", "#hash", "%41", "$HOME", "`id`", "&", "!",
	".hidden", "...", "..a", "a..", "semi;colon", "type=dir; x", "size=3;", "comma,", "it's", `say "hi"`, `back\slash`, "colon:", "a|b", "<a>", "(a)", "equals=", "plus+", "at@",
	"Größe", "日本語", "😀", "русский", "-rw-r--r-- 1 ann users 5 Jan 1 2024 x", "a -> b", "total 0", "0", "01-02-24  10:20AM       5 x",
	"trailing space ", "trailing.", "CON", "nul.txt", "UPPER", strings.Repeat("long", 40),
}

// decoys are what the names above would match, were they patterns.
var decoys = []string{"a", "b", "aXbYc", "x"}

var nameParts = []part{
	{"files", func(s *side) {
		for _, name := range decoys {
			s.Write("d/"+name, "decoy", early)
		}
		for _, name := range names {
			if s.Refuses != nil && s.Refuses(name) {
				continue
			}
			s.Write("d/"+name, name, early)
			s.file(manifest.Path("d").Join(norm.NFC.String(name)), name)
		}
		for _, name := range decoys {
			s.reads("d/"+name, "decoy")
		}
		s.clean()
	}},
	{"directories", func(s *side) {
		for _, name := range decoys {
			s.Write(name+"/f", "decoy", early)
		}
		for _, name := range names {
			if s.Refuses != nil && s.Refuses(name) {
				continue
			}
			s.directory(manifest.Path(norm.NFC.String(name)), name)
		}
		for _, name := range decoys {
			s.reads(name+"/f", "decoy")
		}
		s.clean()
	}},
	{"made by a step", func(s *side) {
		for _, name := range names {
			if s.Refuses != nil && s.Refuses(name) {
				continue
			}
			p := manifest.Path(name)
			s.do(text(name, early).put(p, manifest.Entry{}))
			s.reads(name, name)
			s.do(sync.Step{Op: sync.Remove, Path: p, Expect: s.at(p)})
			s.do(sync.Step{Op: sync.MkDir, Path: p})
			if !s.at(p).IsDir() {
				s.Errorf("no directory %q", name)
			}
			s.do(sync.Step{Op: sync.RmDir, Path: p, Expect: manifest.Entry{Kind: manifest.Dir}})
			s.shows()
		}
	}},
	{"decomposed spellings stay", func(s *side) {
		dir, name := "o\u0308 dir", "u\u0308ber" // NFD
		s.skipUnless(s.Refuses == nil || !s.Refuses(name), "such names")
		s.Write(dir+"/"+name, "old", early)
		d := manifest.Path(norm.NFC.String(dir))
		p := d.Join(norm.NFC.String(name))
		was := s.at(p)
		if was.Name != name {
			s.Fatalf("%q shows %+v, want the name %q", p, was, name)
		}
		out := s.do(text("newer", late).put(p, was))
		s.stands(p, out.Entry)
		s.reads(dir+"/"+name, "newer")
		s.do(text("second", late).put(d.Join("f"), nothing))
		s.reads(dir+"/f", "second")
		out = s.do(move(d, "moved", s.at(d)))
		s.stands("moved", out.Entry)
		p = p.Rebase(d, "moved")
		if got, _ := s.slurp(p, s.at(p), 0); got != "newer" {
			s.Errorf("read %q where the directory was moved to", got)
		}
		s.do(remove(p, s.at(p)))
		s.shows("moved/", "moved/f")
	}},
	{"decomposed spellings stay without another scan", func(s *side) {
		dir, name := "o\u0308 dir", "u\u0308ber" // NFD
		s.skipUnless(s.Refuses == nil || !s.Refuses(name), "such names")
		s.Write(dir+"/sub/"+name, "old", early)
		d := manifest.Path(norm.NFC.String(dir))
		p := d.Join("sub/" + norm.NFC.String(name))
		tree := s.scan()
		was := tree.At(p)
		for i, out := range s.apply(s.ctx,
			move(d, "moved", tree.At(d)),
			text("newer", late).put(p.Rebase(d, "moved"), was),
			text("second", late).put("moved/f", nothing),
		) {
			if out.Err != nil {
				s.Fatalf("step %d: %v", i, out.Err)
			}
		}
		s.reads("moved/sub/"+name, "newer")
		s.shows("moved/", "moved/f", "moved/sub/", string(p.Rebase(d, "moved")))
	}},
	{"a new name is spelled as wanted", func(s *side) {
		spelled := "u\u0308ber"
		s.skipUnless(s.Refuses == nil || !s.Refuses(spelled), "such names")
		o := text("x", early)
		o.name = spelled
		p := manifest.Path(norm.NFC.String(spelled))
		s.stands(p, s.do(o.put(p, manifest.Entry{})).Entry)
		s.reads(spelled, "x")
	}},
	{"two spellings of one name are unknown", func(s *side) {
		one, two := "\u00fcber", "u\u0308ber"
		s.skipUnless(s.Refuses == nil || !s.Refuses(two), "such names")
		s.Write("d/"+one, "one", early)
		s.Write("d/"+two, "two", early)
		s.skipUnless(len(s.List()) == 3, "two spellings of one name")
		tree := s.scan()
		if tree.Known("d/über") || !tree.Known("d") {
			s.Errorf("known: d/über %v, d %v; want false, true; problems: %v", tree.Known("d/über"), tree.Known("d"), tree.Problems())
		}
	}},
	{"two cases of one name", func(s *side) {
		s.skipUnless(!s.FoldsCase, "cases to tell apart")
		s.Write("Read", "one", early)
		s.Write("read", "two", early)
		s.shows("Read", "read")
		s.do(sync.Step{Op: sync.Remove, Path: "Read", Expect: s.at("Read")})
		s.reads("read", "two")
	}},
	{"another case of a name", func(s *side) {
		s.Write("d/read", "x", early)
		s.do(sync.Step{Op: sync.Move, From: "d/read", Path: "d/READ", Expect: s.at("d/read")})
		s.shows("d/", "d/READ")
	}},
}

// file takes the file at p, spelled name in its directory, through all there is
// to do with a file.
func (s *side) file(p manifest.Path, name string) {
	s.Helper()
	was := s.at(p)
	if !was.IsFile() || was.Size != int64(len(name)) || was.Spelled(p) != name {
		s.Errorf("%q shows as %+v", name, was)
		return
	}
	if err := s.Replica.Gone(s.ctx, []manifest.Path{p}, []manifest.Entry{was})[0]; err == nil {
		s.Errorf("%q is gone, says Gone", name)
	}
	if got, _ := s.slurp(p, was, 0); got != name {
		s.Errorf("content of %q is %q", name, got)
	}
	out := s.do(text("new "+name, late).put(p, was))
	s.stands(p, out.Entry)
	moved := p.Parent().Join("moved " + p.Base())
	if len(moved.Base()) > 200 {
		moved = p.Parent().Join("moved")
	}
	out = s.do(sync.Step{Op: sync.Move, From: p, Path: moved, Expect: out.Entry})
	out = s.do(sync.Step{Op: sync.Move, From: moved, Path: p, Expect: out.Entry})
	s.reads(string(p.Parent())+"/"+name, "new "+name)
	s.do(sync.Step{Op: sync.Remove, Path: p, Expect: out.Entry, Trash: true})
	s.lacks(string(p.Parent()) + "/" + name)
	s.keeps(string(p.Parent())+"/"+name, "new "+name)
}

// directory takes a directory called name through all there is to do with one.
func (s *side) directory(p manifest.Path, name string) {
	s.Helper()
	s.Write(name+"/sub/f", "x", early)
	tree := s.scan()
	if !tree.At(p).IsDir() || !tree.At(p.Join("sub/f")).IsFile() {
		s.Errorf("%q shows %+v, sub/f in it %+v", name, tree.At(p), tree.At(p.Join("sub/f")))
		return
	}
	some := s.look(sync.Look{Dirs: []manifest.Path{p, p.Join("sub")}})
	if !some.At(p.Join("sub")).IsDir() || !some.At(p.Join("sub/f")).IsFile() {
		s.Errorf("in %q alone: %q", name, paths(some))
	}
	s.do(text("y", early).put(p.Join("g"), manifest.Entry{}))
	s.reads(name+"/g", "y")
	for _, step := range []sync.Step{
		{Op: sync.Remove, Path: p.Join("g"), Expect: s.at(p.Join("g"))},
		{Op: sync.Remove, Path: p.Join("sub/f"), Expect: s.at(p.Join("sub/f"))},
		{Op: sync.RmDir, Path: p.Join("sub"), Expect: manifest.Entry{Kind: manifest.Dir}},
		{Op: sync.RmDir, Path: p, Expect: manifest.Entry{Kind: manifest.Dir}},
	} {
		s.do(step)
	}
	if s.at(p).Exists() {
		s.Errorf("%q is still there", name)
	}
}
