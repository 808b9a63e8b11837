package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"ferry/manifest"
	"ferry/sync"
)

// Scan implements [sync.Replica].
func (d *Directory) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	root, err := d.currentRoot()
	if err != nil {
		return nil, err
	}
	s := &scanner{ctx: ctx, d: d, root: root, look: look, mounts: d.mountsNow()}
	if look.Dirs == nil {
		err = s.scanAll()
	} else {
		err = s.scanDirs(look.Dirs)
	}
	if err != nil {
		return nil, err
	}
	if _, err := d.currentRoot(); err != nil {
		return nil, err // the root is gone, so nothing that was seen counts
	}
	s.checkMountsStayed()
	d.mu.Lock()
	d.mounts = s.mounts
	d.mu.Unlock()
	return s.tree.Tree(), nil
}

// A scanner carries out one scan. If one of its methods returns an error the scan
// fails. If a single directory or name cannot be read, that is a problem in the
// tree and the scan goes on.
type scanner struct {
	ctx  context.Context
	d    *Directory
	root *rootDir
	look sync.Look
	// mounts is what was mounted below the root when the scan began.
	mounts mounts
	tree   manifest.Builder
	count  int // names so far
	added  int // entries in tree
	// ancestors are the directories above the current one. They are known only if
	// links are followed.
	ancestors []os.FileInfo
}

func (s *scanner) scanAll() error {
	r, err := openDirReader(s.root.Root, ".")
	if err != nil {
		return err
	}
	defer r.close()
	return s.scanDir(manifest.Root, r, true)
}

func (s *scanner) scanDirs(dirs []manifest.Path) error {
	for _, dir := range dirs {
		if !s.isWhereItWas(dir) {
			continue
		}
		r, err := s.openDir(dir)
		switch {
		case errors.Is(err, errNoDirectory):
			continue
		case err != nil:
			s.tree.Unknown(dir, err.Error())
			continue
		}
		err = s.scanDir(dir, r, false)
		r.close()
		if err != nil {
			return err
		}
	}
	return stopped(s.ctx)
}

// openDir opens the directory at the path p for listing. The error wraps
// errNoDirectory if there is none.
func (s *scanner) openDir(p manifest.Path) (*dirReader, error) {
	at := s.d.spellings.diskPath(p)
	if s.d.opts.FollowLinks {
		return s.openFollowing(at)
	}
	dir, err := openDir(s.root, at)
	if err != nil {
		return nil, err
	}
	defer dir.close()
	return openDirReader(dir.Root, ".")
}

// openFollowing opens the directory at a path for listing, and follows links that
// stay inside the root.
func (s *scanner) openFollowing(at string) (*dirReader, error) {
	if at == "" {
		at = "."
	}
	info, err := s.root.Stat(at)
	switch {
	case isMissing(err), err == nil && !info.IsDir():
		return nil, errNoDirectory
	case err != nil:
		return nil, err
	}
	return openDirReader(s.root.Root, at)
}

// scanDir adds the entries of the directory r at the path dir, and everything
// below it if deep is set.
func (s *scanner) scanDir(dir manifest.Path, r *dirReader, deep bool) error {
	if err := stopped(s.ctx); err != nil {
		return err
	}
	names, err := r.names()
	if err != nil {
		s.tree.Unknown(dir, err.Error())
		return nil
	}
	slices.Sort(names)
	var temps []string
	for _, name := range names {
		if manifest.IsOwn(dir, name) {
			switch {
			case manifest.IsOwnPlain(name):
				s.look.Ignores(manifest.Path(name), true) // the plan names it: it may be a user's
			case name != manifest.Own:
				temps = append(temps, name)
			}
			continue
		}
		if err := s.scanName(dir, r, name, deep); err != nil {
			return err
		}
	}
	s.d.temps.set(dir, temps)
	return nil
}

// scanName adds one entry of the directory r at the path dir, and everything below
// it if deep is set.
func (s *scanner) scanName(dir manifest.Path, r *dirReader, name string, deep bool) error {
	if s.count++; s.count%1024 == 0 {
		if err := stopped(s.ctx); err != nil {
			return err
		}
	}
	p, err := dir.Child(name)
	if err != nil {
		s.tree.Skip(dir, name, err.Error())
		return nil
	}
	st, err := r.lstat(name)
	switch {
	case isMissing(err):
		return nil // it was removed after the names were read
	case err != nil:
		s.tree.Unknown(p, err.Error())
		return nil
	}
	followed := st.link && s.d.opts.FollowLinks && s.followLink(p, name, &st)
	if s.look.Ignores(p, st.kind == manifest.Dir) {
		s.tree.Hold(dir)
		return nil
	}
	e := s.root.entry(st)
	if followed {
		e.Mode = 0 // nothing is changed behind links
	}
	if base := p.Base(); base != name {
		e.Name = name
	}
	s.d.spellings.set(p, e.Name)
	if e.IsDir() {
		var why string
		if e.Device, why = s.compareDevice(p); why != "" {
			s.tree.Unknown(p, why)
			return nil
		}
	}
	s.tree.Add(p, e)
	s.added++
	if err := s.look.CheckCount(s.added); err != nil {
		return err
	}
	if e.Kind != manifest.Dir || !deep {
		return nil
	}
	return s.scanSubdir(p, r, name, followed)
}

// scanSubdir adds everything below the directory name in r, which has the path p.
// followed says that the name is a link to the directory.
func (s *scanner) scanSubdir(p manifest.Path, r *dirReader, name string, followed bool) error {
	var sub *dirReader
	var err error
	if followed {
		sub, err = s.openFollowing(s.d.spellings.diskPath(p))
	} else {
		sub, err = r.sub(name)
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
		s.ancestors = append(s.ancestors, info)
		defer func() { s.ancestors = s.ancestors[:len(s.ancestors)-1] }()
	}
	return s.scanDir(p, sub, true)
}

// followLink replaces st by the target of the link at p, and reports whether it
// did. It does not follow a link that leaves the root, or one to a directory above
// the link, which would never end.
func (s *scanner) followLink(p manifest.Path, name string, st *stat) bool {
	at := s.d.spellings.diskPath(p.Parent())
	if at != "" {
		at += "/"
	}
	info, err := s.root.Stat(at + name)
	if err != nil || os.SameFile(info, s.root.info) {
		return false
	}
	for _, dir := range s.ancestors {
		if os.SameFile(info, dir) {
			return false
		}
	}
	if s.leadsToReserved(at + name) {
		return false
	}
	*st = statOf(info)
	return st.kind != manifest.Other
}

// leadsToReserved reports whether the link at a path of the disk leads to what belongs
// to ferry or is reserved.
func (s *scanner) leadsToReserved(at string) bool {
	root, err := filepath.EvalSymlinks(s.root.Name())
	if err != nil {
		return true
	}
	target, err := filepath.EvalSymlinks(filepath.Join(root, filepath.FromSlash(at)))
	if err != nil {
		return true
	}
	rel, err := filepath.Rel(root, target)
	if err != nil {
		return true
	}
	p, err := manifest.ParsePath(filepath.ToSlash(rel))
	return err != nil || p.HasOwn() || s.d.opts.Reserved != nil && s.d.opts.Reserved(p)
}
