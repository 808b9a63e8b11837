package deploy

import (
	"errors"

	"ferry/manifest"
)

// errNotListed says that a directory in which something changes was not listed.
var errNotListed = errors.New("the directory was not listed")

// knowledge says how well it is known what is at a path of the site.
type knowledge uint8

const (
	shown     knowledge = iota // a listing shows it, or shows that nothing is there
	notListed                  // it is as the state says, if it is in the state
	unknown                    // it cannot be told
)

// at returns what the lists show at p. With unknown, the error of the look says why.
func (s Site) at(p manifest.Path) (Look, knowledge) {
	if p == manifest.Root {
		if l := s.Lists[p]; l != nil && l.Err != nil {
			return Look{Err: l.Err}, unknown
		} else if l != nil && l.Missing {
			return Look{}, shown
		}
		return Look{Entry: manifest.Entry{Kind: manifest.Dir}}, shown
	}
	below := p
	for dir := range p.Ancestors {
		l := s.Lists[dir]
		switch {
		case l == nil:
			below = dir
			continue
		case l.Err != nil:
			return Look{Err: l.Err}, unknown
		case l.Missing:
			return Look{}, shown
		}
		look := l.Entries[below.Base()]
		switch {
		case look.Err != nil:
			return look, unknown
		case below == p:
			return look, shown
		case !look.Entry.IsDir():
			return Look{}, shown // nothing is below it
		}
		return Look{}, notListed
	}
	return Look{}, notListed
}

// listed reports whether dir was listed and is there.
func (s Site) listed(dir manifest.Path) bool {
	l := s.Lists[dir]
	return l != nil && l.Err == nil && !l.Missing
}

// holds returns the directories that hold one of files, at whatever depth.
func holds(files []File) map[manifest.Path]bool {
	dirs := map[manifest.Path]bool{manifest.Root: true}
	for i := range files {
		addAncestors(dirs, files[i].Path)
	}
	return dirs
}

func addAncestors(dirs map[manifest.Path]bool, p manifest.Path) {
	for dir := range p.Ancestors {
		if dirs[dir] && dir != manifest.Root {
			return
		}
		dirs[dir] = true
	}
}
