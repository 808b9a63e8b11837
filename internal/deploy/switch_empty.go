package deploy

import (
	"context"
	"maps"
	"slices"

	"ferry/manifest"
)

// withoutEmpty leaves out of found, which are names of site, the directories that hold no files: a
// server may have refused to remove them, and they are nobody's content. It lists no directory
// further in which something else is found.
func withoutEmpty(ctx context.Context, server Server, site Site, found []manifest.Path) ([]manifest.Path, error) {
	var open []manifest.Path
	for _, p := range found {
		if look, _ := site.at(p); look.Err == nil && look.Entry.IsDir() {
			open = append(open, p)
		}
	}
	within := Site{Lists: make(map[manifest.Path]*DirList)}
	for looks := 0; len(open) > 0 && looks < mostLooks; looks++ {
		lists, err := server.List(ctx, open)
		if err != nil {
			return found, err
		}
		maps.Copy(within.Lists, lists)
		open = nil
		for dir := range lists {
			if inner, only := within.directories(dir); only {
				open = append(open, inner...)
			}
		}
	}
	return slices.DeleteFunc(found, within.isEmpty), nil
}

// directories returns the directories in dir. only says that nothing else is there.
func (s Site) directories(dir manifest.Path) (inner []manifest.Path, only bool) {
	if !s.listed(dir) {
		return nil, false
	}
	for name, look := range s.Lists[dir].Entries {
		if look.Err != nil || !look.Entry.IsDir() {
			return nil, false
		}
		inner = append(inner, dir.Join(name))
	}
	return inner, true
}

func (s Site) isEmpty(dir manifest.Path) bool {
	inner, only := s.directories(dir)
	return only && !slices.ContainsFunc(inner, func(p manifest.Path) bool { return !s.isEmpty(p) })
}
