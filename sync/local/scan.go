package local

import (
	"context"
	"errors"
	"os"
	"slices"

	"ferry/manifest"
	"ferry/sync"
)

// Scan implements [sync.Replica].
func (d *Directory) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	h, err := d.home(false)
	if err != nil {
		return nil, err
	}
	s := &scanner{ctx: ctx, d: d, home: h, look: look}
	if look.Dirs == nil {
		err = s.whole()
	} else {
		err = s.some(look.Dirs)
	}
	if err != nil {
		return nil, err
	}
	if _, err := d.home(false); err != nil {
		return nil, err // it went away meanwhile: nothing that was seen counts
	}
	return s.tree.Tree(), nil
}

// A scanner is one scan. Where an error of its methods comes back there is no
// tree; what one directory could not tell is a problem in the tree.
type scanner struct {
	ctx  context.Context
	d    *Directory
	home *home
	look sync.Look
	tree manifest.Builder
	seen int
	// above are the directories above the current one, where links are followed.
	above []os.FileInfo
}

func (s *scanner) whole() error {
	f, err := openFolder(s.home.Root, ".")
	if err != nil {
		return err
	}
	defer f.close()
	if err := s.folder(manifest.Root, f, true); err != nil {
		return err
	}
	return nil
}

func (s *scanner) some(dirs []manifest.Path) error {
	for _, dir := range dirs {
		f, err := s.open(dir)
		switch {
		case errors.Is(err, errNoDirectory):
			continue
		case err != nil:
			s.tree.Unknown(dir, err.Error())
			continue
		}
		err = s.folder(dir, f, false)
		f.close()
		if err != nil {
			return err
		}
	}
	return stopped(s.ctx)
}

// open opens a directory by its path.
func (s *scanner) open(dir manifest.Path) (*folder, error) {
	at := s.d.names.disk(dir)
	if s.d.opts.FollowLinks {
		return s.follow(at)
	}
	pl, err := openPlace(s.home, at)
	if err != nil {
		return nil, err
	}
	defer pl.close()
	return openFolder(pl.Root, ".")
}

// follow opens a directory behind links that stay inside the root.
func (s *scanner) follow(at string) (*folder, error) {
	if at == "" {
		at = "."
	}
	info, err := s.home.Stat(at)
	switch {
	case missing(err), err == nil && !info.IsDir():
		return nil, errNoDirectory
	case err != nil:
		return nil, err
	}
	return openFolder(s.home.Root, at)
}

// folder adds the entries of the directory at dir, and all below it if deep.
func (s *scanner) folder(dir manifest.Path, f *folder, deep bool) error {
	if err := stopped(s.ctx); err != nil {
		return err
	}
	names, err := f.names()
	if err != nil {
		s.tree.Unknown(dir, err.Error())
		return nil
	}
	slices.Sort(names)
	var temps []string
	for _, name := range names {
		if manifest.IsOwn(dir, name) {
			temps = append(temps, name)
			continue
		}
		if err := s.name(dir, f, name, deep); err != nil {
			return err
		}
	}
	s.d.left.note(dir, temps)
	return nil
}

// name adds one entry of the directory at dir, and all below it if deep.
func (s *scanner) name(dir manifest.Path, f *folder, name string, deep bool) error {
	if s.seen++; s.seen%1024 == 0 {
		if err := stopped(s.ctx); err != nil {
			return err
		}
	}
	p, err := dir.Child(name)
	if err != nil {
		s.tree.Skip(dir, name, err.Error())
		return nil
	}
	st, err := f.lstat(name)
	switch {
	case missing(err):
		return nil // gone since the names were read
	case err != nil:
		s.tree.Unknown(p, err.Error())
		return nil
	}
	behind := st.link && s.d.opts.FollowLinks && s.target(p, name, &st)
	if s.look.Ignore != nil && s.look.Ignore(p, st.kind == manifest.Dir) {
		s.tree.Hold(dir)
		return nil
	}
	e := s.home.entry(st)
	if base := p.Base(); base != name {
		e.Name = name
	}
	s.d.names.note(p, e.Name)
	s.tree.Add(p, e)
	if e.Kind != manifest.Dir || !deep {
		return nil
	}
	return s.below(p, f, name, behind)
}

// below adds what is in directory name of f, which is at p.
func (s *scanner) below(p manifest.Path, f *folder, name string, behind bool) error {
	var sub *folder
	var err error
	if behind {
		sub, err = s.follow(s.d.names.disk(p))
	} else {
		sub, err = f.sub(name)
	}
	if err != nil {
		s.tree.Unknown(p, err.Error())
		return nil
	}
	defer sub.close()
	if s.d.opts.FollowLinks {
		info, err := sub.info()
		if err != nil {
			s.tree.Unknown(p, err.Error())
			return nil
		}
		s.above = append(s.above, info)
		defer func() { s.above = s.above[:len(s.above)-1] }()
	}
	return s.folder(p, sub, true)
}

// target replaces st by what the link at p leads to, where that stays inside the
// root and is no directory above it.
func (s *scanner) target(p manifest.Path, name string, st *stat) bool {
	at := s.d.names.disk(p.Parent())
	if at != "" {
		at += "/"
	}
	info, err := s.home.Stat(at + name)
	if err != nil || os.SameFile(info, s.home.info) {
		return false
	}
	for _, dir := range s.above {
		if os.SameFile(info, dir) {
			return false
		}
	}
	*st = statOf(info)
	return st.kind != manifest.Other
}
