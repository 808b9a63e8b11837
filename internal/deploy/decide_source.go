package deploy

import (
	"slices"
	"time"

	"ferry/internal/deploy/order"
	"ferry/manifest"
	"ferry/sync/namecase"
)

// A wish is what the source wants of a path, before anything is known of the site.
type wish uint8

const (
	wishStay   wish = iota // as it is; also a file that is kept for a while
	wishPut                // another content, or a file that is not managed
	wishReturn             // a file that was kept for a while and belongs to the release again
	wishMode               // the same content with another mode
	wishKeep               // it left the source, and stays for a while
	wishRemove             // it is to be deleted
)

// A source is what a deploy compares: the local files with the state.
type source struct {
	policy  Policy
	now     time.Time
	folding namecase.Folding
	local   map[manifest.Path]*LocalFile
	managed map[manifest.Path]*File
	needed  map[manifest.Path]bool // directories that hold a local file
	had     map[manifest.Path]bool // directories that hold a managed file
	folded  map[string]bool        // local paths, and directories with a slash, where the site folds case
	paths   []manifest.Path        // of both, sorted
}

func newSource(site Site, local []LocalFile, policy Policy, now time.Time) *source {
	s := &source{
		policy: policy, now: now, folding: site.Folding,
		local: make(map[manifest.Path]*LocalFile, len(local)), managed: map[manifest.Path]*File{},
		needed: map[manifest.Path]bool{manifest.Root: true},
	}
	if s.policy.Class == nil {
		s.policy.Class = order.Parse(order.Default()).Class
	}
	for i := range local {
		s.local[local[i].Path] = &local[i]
		addAncestors(s.needed, local[i].Path)
		s.paths = append(s.paths, local[i].Path)
	}
	if site.State != nil {
		s.had = holds(site.State.Files)
		for i := range site.State.Files {
			f := &site.State.Files[i]
			s.managed[f.Path] = f
			if s.local[f.Path] == nil {
				s.paths = append(s.paths, f.Path)
			}
		}
	}
	if s.folding.Folds() {
		s.folded = make(map[string]bool, len(local))
		for i := range local {
			s.folded[s.folding.Key(string(local[i].Path))] = true
		}
		for dir := range s.needed {
			s.folded[s.folding.Key(string(dir))+"/"] = true
		}
	}
	slices.SortFunc(s.paths, manifest.Path.Compare)
	return s
}

// wish returns what the source wants of p.
func (s *source) wish(p manifest.Path) wish {
	l, f := s.local[p], s.managed[p]
	switch {
	case l == nil && s.inWay(p):
		return wishRemove
	case l == nil && f.Gone.IsZero() && s.policy.DeleteAfter > 0:
		return wishKeep
	case l == nil && !f.Gone.IsZero() && s.now.Sub(f.Gone) < s.policy.DeleteAfter:
		return wishStay
	case l == nil:
		return wishRemove
	case f == nil || l.Sum != f.Sum || l.Size != f.Seen.Size:
		return wishPut
	case !f.Gone.IsZero():
		return wishReturn
	case s.mode(p, f.Mode) != 0:
		return wishMode
	}
	return wishStay
}

// inWay reports whether p, which the source does not have, stands where a local file or a
// directory of local files must be.
func (s *source) inWay(p manifest.Path) bool {
	key := s.folding.Key(string(p))
	if s.needed[p] || s.folded[key] || s.folded[key+"/"] {
		return true
	}
	for dir := range p.Ancestors {
		if s.local[dir] != nil || s.folded[s.folding.Key(string(dir))] {
			return true
		}
	}
	return false
}

// execBits may be set on executable files.
const execBits = 0o111

// mode returns the mode to be set on a file of the site that has the mode now, 0 where that
// is not known, or 0 if none is to be set. The file is managed, or it was not there.
func (s *source) mode(p manifest.Path, now uint16) uint16 {
	l, f := s.local[p], s.managed[p]
	if s.policy.Mode != nil {
		if m := s.policy.Mode(p); m != 0 {
			return ifOther(m, now)
		}
	}
	if s.policy.IgnoreExec || f == nil || l.Exec == f.Exec {
		return 0
	}
	base := now
	if base == 0 {
		base = 0o644
	}
	if l.Exec {
		return ifOther(base|base>>2&execBits, now)
	}
	return ifOther(base&^execBits, now)
}

func ifOther(want, now uint16) uint16 {
	if want == now {
		return 0
	}
	return want
}

// stagedMode returns the mode for a staged file that takes the place of one with the mode
// now, or of none (0); 0: as the server makes it.
func (s *source) stagedMode(p manifest.Path, now uint16) uint16 {
	if m := s.mode(p, now); m != 0 {
		return m
	}
	if s.policy.Mode != nil {
		if m := s.policy.Mode(p); m != 0 {
			return m
		}
	}
	if s.policy.KeepModes && now != 0 {
		return now
	}
	if s.exec(p) {
		return 0o755
	}
	return 0
}

// exec reports whether the file of the next release is executable.
func (s *source) exec(p manifest.Path) bool {
	if f := s.managed[p]; s.policy.IgnoreExec {
		return f != nil && f.Exec
	}
	return s.local[p].Exec
}
