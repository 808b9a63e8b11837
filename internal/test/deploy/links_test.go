package deploy

import (
	"os"
	"path/filepath"
	"testing"

	"ferry/internal/test/realftp"
)

// A linkCase is a link that somebody made on the server between two deploys.
type linkCase struct {
	name         string
	link, target string
	next         tree // against cmsBase
	code         int  // 6: nothing changes
	behind       tree // what becomes of the files behind the link; they are saved before
}

var linkCases = []linkCase{
	{"in the place of a file that is replaced", "a.html", "../theirs/x", tree{"a.html": "A"}, 6, nil},
	{"in the place of a file that is deleted", "a.html", "../theirs/x", tree{"a.html": "", "b.html": "B"}, 0, nil},
	{"in the place of a file that stays", "a.html", "../theirs/x", tree{"b.html": "B"}, 0, nil},
	{"in the place of a directory, of which a file is replaced", "dir", "../theirs", tree{"dir/c.html": "C"}, 0, tree{"c.html": "C"}},
	{"in the place of a directory, of which a file is deleted", "dir", "../theirs", tree{"dir/c.html": "", "b.html": "B"}, 0, tree{"c.html": ""}},
	{"dangling, in the way of a new file", "new.html", "../none", tree{"new.html": "N"}, 6, nil},
	{"to a file, in the way of a new file", "new.html", "../theirs/x", tree{"new.html": "N"}, 6, nil},
	{"to a file, in the way of a new directory", "new", "../theirs/x", tree{"new/x": "N"}, 6, nil},
	{"to a directory, in the way of a new file", "new.html", "../theirs", tree{"new.html": "N"}, 6, nil},
	{"beside what changes", "uploads", "../theirs", tree{"a.html": "A"}, 0, nil},
	{"in a directory that goes", "dir/link", "../../theirs", tree{"dir/c.html": "", "dir/d.html": ""}, 0, nil},
}

// TestLinks deploys over links that somebody else made on the server. None is replaced: where a file of the release must
// stand there, nothing changes at all. A server that shows no links, but what they point to, lets them be replaced; what they
// point to stays there, too. A link to a directory is a directory: what is deployed goes through it, and what was there is
// saved.
func TestLinks(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			theirs := filepath.Join(filepath.Dir(s.disk), "theirs")
			s.put(cmsBase)
			before := takeSnapshot(t, s.disk)
			for i, c := range linkCases {
				if !all && i%days != today(days) {
					continue
				}
				t.Run(c.name, func(t *testing.T) {
					run := *s
					run.TB = t
					replace(t, theirs, tree{"x": "precious", "c.html": "precious, too"})
					before.restore(t, s.own)
					run.overLink(c, theirs, name == "pyftpdlib" || name == "proftpd" && c.target == "../none")
				})
			}
		})
	}
}

func (s *site) overLink(c linkCase, theirs string, hidden bool) {
	link := filepath.Join(s.disk, c.link)
	must(s, os.RemoveAll(link))
	must(s, os.Symlink(c.target, link))
	s.own()
	_, onlyFile := c.next[c.link]
	_, asDir := c.next[c.link+"/x"]
	want, code := read(s, s.disk), c.code
	switch {
	case hidden && (onlyFile || asDir) && c.target != "../theirs":
		want, code = cmsBase.with(c.next), 0
	case c.behind != nil:
		want = want.with(tree{"b.html": cmsBase.with(c.next)["b.html"]})
	case code == 0:
		want = cmsBase.with(c.next).with(tree{c.link: "-> " + c.target})
	}
	replace(s, s.local, cmsBase.with(c.next))
	r := s.deploy()
	if r.code != code {
		s.Errorf("exit code %d, want %d", r.code, code)
	}
	wantTree(s, "deployed", s.disk, want)
	wantTree(s, "behind the link", theirs, tree{"x": "precious", "c.html": "precious, too"}.with(c.behind))
	if c.behind != nil {
		s.wantSaved("behind the link", "precious, too")
	}
	if again := s.deploy(); again.code != code || again.Changed {
		s.Errorf("another deploy: exit code %d\n%s", again.code, again.out)
	}
	if s.Failed() {
		s.Log(r.out)
	}
}
