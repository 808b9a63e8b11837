package deploy

import (
	"maps"
	"slices"
	"time"

	"ferry/manifest"
)

// Touched returns the directories that are still to be listed before [Decide] can tell what
// happens in them, sorted. It is called again with what was listed, until it returns none:
// only a listing shows what is in a directory that no deploy made. A first deploy lists all
// of the site instead.
func Touched(site Site, local []LocalFile, policy Policy, now time.Time) []manifest.Path {
	if site.State == nil {
		return nil
	}
	t := &touched{site: site, source: newSource(site, local, policy, now), dirs: map[manifest.Path]bool{}}
	for _, p := range t.paths {
		switch w := t.wish(p); w {
		case wishStay, wishKeep:
			if policy.Audit {
				t.touch(p.Parent())
			}
			if policy.Drift == RestoreDrift && t.local[p] != nil {
				t.inPlaceOf(p)
			}
		case wishRemove:
			t.touch(p.Parent())
			t.emptied(p)
		case wishPut, wishReturn, wishMode:
			t.touch(p.Parent())
			t.inPlaceOf(p)
		}
	}
	return slices.SortedFunc(maps.Keys(t.dirs), manifest.Path.Compare)
}

type touched struct {
	*source
	site Site
	dirs map[manifest.Path]bool
}

// touch has dir listed if it may be there, and what is above it as far as that shows
// whether it is there.
func (t *touched) touch(dir manifest.Path) {
	for {
		l := t.site.Lists[dir]
		switch {
		case l != nil && (!l.Missing || dir == manifest.Root):
			return
		case l == nil && (t.had[dir] || dir == manifest.Root):
			t.dirs[dir] = true
			return
		case l == nil:
			look, how := t.site.at(dir)
			switch {
			case how == shown && look.Entry.IsDir():
				t.dirs[dir] = true
				return
			case how == unknown:
				return
			}
		}
		dir = dir.Parent()
	}
}

// emptied has the directories above p listed that lose their last file, so that only
// those are removed that are seen to be empty.
func (t *touched) emptied(p manifest.Path) {
	for dir := range p.Ancestors {
		if t.needed[dir] {
			return
		}
		t.touch(dir)
	}
}

// inPlaceOf has a directory listed that stands where the file p must be, with all below it.
func (t *touched) inPlaceOf(p manifest.Path) {
	look, how := t.site.at(p)
	if how != shown || !look.Entry.IsDir() {
		return
	}
	l := t.site.Lists[p]
	if l == nil {
		t.dirs[p] = true
		return
	}
	for name := range l.Entries {
		t.inPlaceOf(p.Join(name))
	}
}

// Uncompared returns the files that are to be compared with the local ones before [Decide]:
// no deploy put them there, and they have the same size.
func Uncompared(site Site, local []LocalFile, policy Policy) []manifest.Path {
	if policy.First != CompareFirst {
		return nil
	}
	var paths []manifest.Path
	for i := range local {
		l := &local[i]
		if site.State != nil && site.State.File(l.Path) != nil {
			continue
		}
		look, how := site.at(l.Path)
		if _, known := site.Same[l.Path]; !known && how == shown && look.Entry.IsFile() && look.Entry.Size == l.Size {
			paths = append(paths, l.Path)
		}
	}
	return paths
}
