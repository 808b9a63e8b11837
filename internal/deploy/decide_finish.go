package deploy

import (
	"maps"
	"slices"

	"ferry/internal/deploy/order"
	"ferry/manifest"
)

// finish puts the changes in order and plans the directories.
func (d *decision) finish() {
	r := &d.plan.Release
	slices.SortFunc(r.Files, func(a, b File) int { return a.Path.Compare(b.Path) })
	slices.SortFunc(d.plan.Drift, func(a, b Drift) int { return a.Path.Compare(b.Path) })
	order.Arrange(r.Changes, d.policy.Class, d.folding)
	for i := range r.Changes {
		if r.Changes[i].Kind == Put {
			d.plan.Stage = append(d.plan.Stage, i)
		}
	}
	d.plan.MakeDirs = d.makeDirs()
	d.plan.RemoveDirs = slices.DeleteFunc(Emptied(r), func(dir manifest.Path) bool { return !d.emptied(dir) })
	d.plan.Record = d.site.State == nil || !slices.Equal(r.Files, d.site.State.Files)
	d.plan.Extras = d.extras()
}

// makeDirs returns the directories that new files need and that are not there.
func (d *decision) makeDirs() []manifest.Path {
	missing := map[manifest.Path]bool{}
	for i := range d.plan.Release.Changes {
		c := &d.plan.Release.Changes[i]
		if c.Kind != Put || c.Was.Exists() {
			continue
		}
		for dir := range c.Path.Ancestors {
			if dir == manifest.Root || missing[dir] || d.isDir(dir) {
				break
			}
			missing[dir] = true
		}
	}
	return slices.SortedFunc(maps.Keys(missing), manifest.Path.Compare)
}

// isDir reports whether dir is there, as far as it was listed.
func (d *decision) isDir(dir manifest.Path) bool {
	if l := d.site.Lists[dir]; l != nil && l.Err == nil {
		return !l.Missing
	}
	look, how := d.site.at(dir)
	if how == shown {
		return look.Entry.IsDir()
	}
	return d.had[dir]
}

// emptied reports whether a directory that loses its last file was seen to hold nothing
// else but what goes, too.
func (d *decision) emptied(dir manifest.Path) bool {
	if !d.site.listed(dir) {
		return false
	}
	for name, look := range d.site.Lists[dir].Entries {
		p := dir.Join(name)
		switch {
		case look.Err != nil:
			return false
		case look.Entry.IsDir():
			if !d.had[p] || !d.emptied(p) {
				return false
			}
		case !d.removes(p):
			return false
		}
	}
	return true
}

// removes reports whether the plan deletes p.
func (d *decision) removes(p manifest.Path) bool {
	if d.removed == nil {
		d.removed = map[manifest.Path]bool{}
		for i := range d.plan.Release.Changes {
			if c := &d.plan.Release.Changes[i]; c.Kind == Remove {
				d.removed[c.Path] = true
			}
		}
	}
	return d.removed[p]
}

// Emptied returns the directories above deleted files that hold no file of the release any
// more, the deepest first. What else is in them is not known.
func Emptied(r *Release) []manifest.Path {
	held := holds(r.Files)
	dirs := map[manifest.Path]bool{}
	for i := range r.Changes {
		c := &r.Changes[i]
		if c.Kind != Remove {
			continue
		}
		for dir := range c.Path.Ancestors {
			if held[dir] || dirs[dir] {
				break
			}
			dirs[dir] = true
		}
	}
	for dir := range dirs { // what made way for a file is gone already
		for p := dir; p != manifest.Root; p = p.Parent() {
			if r.File(p) != nil {
				delete(dirs, dir)
				break
			}
		}
	}
	sorted := slices.SortedFunc(maps.Keys(dirs), manifest.Path.Compare)
	slices.Reverse(sorted)
	return sorted
}

// Needed returns the directories above files that a release brings, parents first: for a
// commit that broke off, where it is not known which of them are there.
func Needed(changes []Change) []manifest.Path {
	dirs := map[manifest.Path]bool{}
	for i := range changes {
		if changes[i].Kind == Put {
			addAncestors(dirs, changes[i].Path)
		}
	}
	delete(dirs, manifest.Root)
	return slices.SortedFunc(maps.Keys(dirs), manifest.Path.Compare)
}

// extras returns how many files of the site no deploy put there.
func (d *decision) extras() int {
	if d.site.State != nil && !d.policy.Audit {
		return 0
	}
	n := 0
	for dir, l := range d.site.Lists {
		for name, look := range l.Entries {
			if p := dir.Join(name); look.Entry.IsFile() && d.local[p] == nil && d.managed[p] == nil {
				n++
			}
		}
	}
	return n
}
