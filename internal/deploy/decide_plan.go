package deploy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"ferry/manifest"
)

// Decide returns what a deploy of the local files is going to do. It needs the lists of the
// directories that [Touched] names, or of the whole site on a first deploy. The number and the
// history of the release are set, and its time is now; everything else that tells where
// it comes from is up to the caller. The error is a [*sync.UnsafeError] where a rail
// stops the deploy.
func Decide(site Site, local []LocalFile, policy Policy, now time.Time) (*Plan, error) {
	d := &decision{source: newSource(site, local, policy, now), site: site, ways: map[manifest.Path]bool{}}
	if err := d.checkLocal(); err != nil {
		return nil, err
	}
	d.plan.Unknown = map[manifest.Path]error{}
	d.plan.Release.Time = now
	d.plan.Release.Follow(site.State)
	for _, p := range d.paths {
		d.decide(p)
	}
	if len(d.plan.Unknown) > 0 {
		d.dropBlocked()
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	d.finish()
	return &d.plan, nil
}

// A decision is a plan in the making.
type decision struct {
	*source
	site Site
	plan Plan
	// ways says of directories whether files can get into them: no file that is left
	// alone stands in the way.
	ways map[manifest.Path]bool
	// stops, odd, full and twins are paths that stop the deploy: drift, what is neither
	// file nor directory, full directories where a file must be, names that differ in
	// case only.
	stops, odd, full, twins []manifest.Path
	aside                   int                    // names given out
	removed                 map[manifest.Path]bool // by the plan
}

// decide plans what happens to p.
func (d *decision) decide(p manifest.Path) {
	f := d.managed[p]
	switch d.wish(p) {
	case wishStay, wishKeep, wishMode:
		d.stay(p, f)
	case wishReturn:
		if look, how := d.site.at(p); how == shown && !look.Entry.Exists() {
			d.put(p) // it was deleted by hand, and the source brings it back
			return
		}
		d.stay(p, f)
	case wishPut:
		d.put(p)
	case wishRemove:
		d.remove(p, f)
	}
}

// stay plans for a managed file whose content the source does not change.
func (d *decision) stay(p manifest.Path, f *File) {
	next := *f
	if d.local[p] == nil && next.Gone.IsZero() {
		next.Gone = d.now
	}
	look, how := d.site.at(p)
	if what := d.drift(f, look, how); what != "" {
		if d.settle(p, what, false) {
			d.put(p)
		} else {
			d.keep(p, next)
		}
		return
	}
	if d.local[p] == nil {
		d.keep(p, next)
		return
	}
	next.Gone = time.Time{}
	if mode := d.mode(p, f.Mode); mode != 0 && !d.setMode(&next, look, how) {
		d.keep(p, *f)
		return
	}
	next.Exec = d.exec(p)
	d.keep(p, next)
}

// setMode plans another mode for a file that stays. It reports false where it is not known
// whether the file is as it should be.
func (d *decision) setMode(f *File, look Look, how knowledge) bool {
	if how != shown {
		d.unknown(f.Path, look)
		return false
	}
	now := look.Mode
	if now == 0 {
		now = f.Mode
	}
	mode := d.mode(f.Path, now)
	if mode == 0 { // somebody has set it already
		f.Mode = now
		return true
	}
	f.Mode = mode
	d.change(Change{Kind: Chmod, Path: f.Path, Was: look.Entry, Is: look.Entry, Mode: mode})
	return true
}

// put plans that the local file goes to p.
func (d *decision) put(p manifest.Path) {
	l, f := d.local[p], d.managed[p]
	look, how := d.site.at(p)
	if how != shown {
		d.unknown(p, look)
		d.keepManaged(p)
		return
	}
	if !d.way(p.Parent()) {
		d.left(p, DriftInWay)
		d.keepManaged(p)
		return
	}
	c := Change{Kind: Put, Path: p, Was: look.Entry, Mode: d.stagedMode(p, look.Mode)}
	switch look.Entry.Kind {
	case manifest.Other:
		d.odd = append(d.odd, p)
		return
	case manifest.Dir:
		dirs, err := d.clears(p, nil)
		switch {
		case errors.Is(err, errFull):
			d.full = append(d.full, p)
			return
		case err != nil:
			d.unknown(p, Look{Err: err})
			d.keepManaged(p)
			return
		}
		for _, dir := range dirs {
			d.change(Change{Kind: Remove, Path: dir, Was: manifest.Entry{Kind: manifest.Dir}})
		}
		c.Was, c.Mode = manifest.Entry{}, d.stagedMode(p, 0)
	case manifest.File:
		what := DriftInWay
		if f != nil {
			what = d.drift(f, look, how)
		} else if d.same(p, look) {
			d.adopt(p, look)
			return
		}
		if what == "" {
			c.Aside = d.asideFor("b")
			break
		}
		if !d.settle(p, what, true) {
			d.keepManaged(p)
			return
		}
		c.Drift, c.Aside = true, d.asideFor("drift")
	case manifest.None:
		if other, _ := d.otherCase(p); other != "" && d.managed[other] == nil {
			d.twins = append(d.twins, p, other)
			return
		}
		if f != nil && !d.settle(p, DriftDeleted, true) {
			d.keepManaged(p)
			return
		}
		c.Drift = f != nil
	}
	d.change(c)
	d.keep(p, File{Path: p, Sum: l.Sum, Seen: manifest.Entry{Kind: manifest.File, Size: l.Size, Precision: manifest.NoTime}, Mode: c.Mode, Exec: d.exec(p)})
}

// same reports whether the file that a listing shows, and no deploy put there, is taken
// for the local one.
func (d *decision) same(p manifest.Path, look Look) bool {
	switch d.policy.First {
	case CompareFirst:
		return d.site.Same[p]
	case TrustFirst:
		return d.site.State == nil && look.Entry.Size == d.local[p].Size
	}
	return false
}

// adopt takes a file into the release that is the same on the site.
func (d *decision) adopt(p manifest.Path, look Look) {
	f := File{Path: p, Sum: d.local[p].Sum, Seen: look.Entry, Mode: look.Mode, Exec: d.exec(p)}
	if mode := d.mode(p, look.Mode); mode != 0 {
		d.setMode(&f, look, shown)
	}
	d.keep(p, f)
}

// remove plans that a managed file is deleted.
func (d *decision) remove(p manifest.Path, f *File) {
	look, how := d.site.at(p)
	switch {
	case how != shown:
		d.unknown(p, look)
		d.keep(p, *f)
		return
	case !look.Entry.Exists(), look.Entry.IsDir():
		return // somebody was faster
	case look.Entry.Kind == manifest.Other:
		d.leaveOdd(p, f)
		return
	}
	c := Change{Kind: Remove, Path: p, Was: look.Entry}
	if what := d.drift(f, look, how); what != "" {
		if !d.settle(p, what, true) {
			d.keep(p, *f)
			return
		}
		c.Drift, c.Aside = true, d.asideFor("drift")
	} else {
		c.Aside = d.asideFor("b")
	}
	d.change(c)
}

// leaveOdd leaves alone what somebody has put in the place of a managed file and what is
// neither a file nor a directory.
func (d *decision) leaveOdd(p manifest.Path, f *File) {
	switch {
	case d.inWay(p):
		d.odd = append(d.odd, p)
	case d.policy.Drift == StopAtDrift:
		d.stops = append(d.stops, p)
	default:
		d.left(p, DriftChanged)
		d.keep(p, *f)
	}
}

// way reports whether files can get into dir. What stands in the way and may be moved aside
// is, by the plan.
func (d *decision) way(dir manifest.Path) bool {
	if dir == manifest.Root {
		return true
	}
	free, known := d.ways[dir]
	if !known {
		free = d.way(dir.Parent()) && d.clearWay(dir)
		d.ways[dir] = free
	}
	return free
}

func (d *decision) clearWay(dir manifest.Path) bool {
	look, how := d.site.at(dir)
	if how != shown {
		return true
	}
	f := d.managed[dir]
	switch look.Entry.Kind {
	case manifest.Other:
		d.odd = append(d.odd, dir)
		return false
	case manifest.File:
		if f != nil { // it is removed, unless it is drift that is left alone
			return d.policy.Drift != KeepDrift || d.drift(f, look, how) == ""
		}
		if !d.settle(dir, DriftInWay, true) {
			return false
		}
		d.change(Change{Kind: Remove, Path: dir, Was: look.Entry, Drift: true, Aside: d.asideFor("drift")})
	case manifest.None:
		if other, kind := d.otherCase(dir); other != "" && kind != manifest.Dir {
			d.twins = append(d.twins, dir, other)
			return false
		}
	}
	return true
}

var errFull = errors.New("it holds what no deploy put there")

// clears returns dirs with a directory of the site and those in it, if nothing else is left
// once the managed files in them are deleted, which the source does not have. The error is
// [errFull], or says why that is not known.
func (d *decision) clears(dir manifest.Path, dirs []manifest.Path) ([]manifest.Path, error) {
	l := d.site.Lists[dir]
	switch {
	case l == nil:
		return nil, errNotListed
	case l.Err != nil:
		return nil, l.Err
	}
	dirs = append(dirs, dir)
	for _, name := range slices.Sorted(maps.Keys(l.Entries)) {
		look, p := l.Entries[name], dir.Join(name)
		f := d.managed[p]
		var err error
		switch {
		case look.Err != nil:
			err = look.Err
		case look.Entry.IsDir():
			dirs, err = d.clears(p, dirs)
		case !look.Entry.IsFile() || f == nil || d.policy.Drift == KeepDrift && d.drift(f, look, shown) != "":
			err = errFull
		}
		if err != nil {
			return nil, err
		}
	}
	return dirs, nil
}

func (d *decision) change(c Change) { d.plan.Release.Changes = append(d.plan.Release.Changes, c) }

func (d *decision) keep(p manifest.Path, f File) {
	f.Path = p
	d.plan.Release.Files = append(d.plan.Release.Files, f)
}

// keepManaged keeps what the state says of p, if it says anything.
func (d *decision) keepManaged(p manifest.Path) {
	if f := d.managed[p]; f != nil {
		d.keep(p, *f)
	}
}

// unknown records that something would change at p, and that it is not known what is there.
func (d *decision) unknown(p manifest.Path, look Look) {
	err := look.Err
	if err == nil {
		err = errNotListed
	}
	d.plan.Unknown[p.Parent()] = err
}

// asideFor returns a name below the work directory for the version that goes aside. All
// have the same length, so that none is the beginning of another.
func (d *decision) asideFor(dir string) string {
	if dir == "b" && d.policy.Keep == 0 {
		return ""
	}
	d.aside++
	return fmt.Sprintf("stage/%s/%07d", dir, d.aside)
}

// dropBlocked drops files whose way is not clear, because what stands in it could not be
// looked at. They wait for a later deploy.
func (d *decision) dropBlocked() {
	stays := map[manifest.Path]bool{}
	for i := range d.plan.Release.Files {
		stays[d.plan.Release.Files[i].Path] = true
	}
	put := map[manifest.Path]bool{}
	for i := range d.plan.Release.Changes {
		if c := &d.plan.Release.Changes[i]; c.Kind == Put {
			put[c.Path] = true
		}
	}
	blocked := func(p manifest.Path) bool {
		for dir := range p.Ancestors {
			if stays[dir] && !put[dir] {
				return true
			}
		}
		return false
	}
	d.plan.Release.Changes = slices.DeleteFunc(d.plan.Release.Changes, func(c Change) bool {
		if c.Kind != Put || !blocked(c.Path) {
			return false
		}
		d.plan.Unknown[c.Path.Parent()] = errors.New("what stands in the way could not be looked at")
		d.plan.Release.Files = slices.DeleteFunc(d.plan.Release.Files, func(f File) bool { return f.Path == c.Path })
		d.keepManaged(c.Path)
		return true
	})
}
