package deploy

import (
	"fmt"
	"strings"

	"ferry/manifest"
)

// A Rest is what is left to be done of a commit that broke off.
type Rest struct {
	Todo   []Change // in the order of the commit
	Strays []Stray  // to be moved before anything else
	Lost   []Change // cannot be done any more: the staged file is nowhere
	// Changed are left alone: somebody else has changed the file since this was planned.
	Changed []Change
	// Overwritten were made, and the version before did not go aside: it is nowhere.
	Overwritten []Change
	Done        int // changes that were made
}

// A Stray is a file whose rename was cut off in the middle of the line, and carried out by
// the server all the same.
type Stray struct {
	Path   manifest.Path
	At, To Place
}

// Places returns what is to be looked at to find out what is left of the commit of r.
func Places(r *Release) []Place {
	var places []Place
	for i := range r.Changes {
		c := &r.Changes[i]
		places = append(places, Live(c.Path, c.Was))
		if c.Kind == Put {
			places = append(places, Work(c.From))
		}
		if c.Aside != "" {
			places = append(places, Work(c.Aside))
		}
	}
	return places
}

// Remaining finds out what is left of the commit of r, which any machine may have begun.
// looks returns what is at a place; it is asked for those of [Places], and for others
// where something is missing. cut says that lines may have been cut in the middle, which
// cannot be under TLS. The error says what could not be looked at.
func Remaining(r *Release, looks func(Place) Look, cut bool) (Rest, error) {
	t := &takeUp{looks: looks, cut: cut, wanted: map[Place]bool{}, puts: map[string]*Change{}, way: removals(r.Changes)}
	for _, p := range Places(r) {
		t.wanted[p] = true
	}
	for i := range r.Changes {
		if c := &r.Changes[i]; c.Kind == Put {
			t.puts[manifest.Fold(string(c.Path))] = c
		}
	}
	for i := range r.Changes {
		t.take(r.Changes[i])
		if t.err != nil {
			return Rest{}, t.err
		}
	}
	return t.rest, nil
}

type takeUp struct {
	looks  func(Place) Look
	cut    bool
	wanted map[Place]bool     // places that a change names
	puts   map[string]*Change // by the path without its case
	way    wayMaker
	rest   Rest
	err    error
}

func (t *takeUp) at(p Place) manifest.Entry {
	l := t.looks(p)
	if l.Err != nil && t.err == nil {
		t.err = fmt.Errorf("%s: %w", p.Path, l.Err)
	}
	return l.Entry
}

// take finds out what is left of one change.
func (t *takeUp) take(c Change) {
	live := t.at(Live(c.Path, c.Was))
	switch c.Kind {
	case Chmod:
		if manifest.Unchanged(c.Is, live) && t.looks(Live(c.Path, c.Was)).Mode != c.Mode {
			t.rest.Todo = append(t.rest.Todo, c)
		} else {
			t.rest.Done++ // or it is another file now
		}
	case Remove:
		if c.Was.IsDir() {
			if live.IsDir() {
				t.rest.Todo = append(t.rest.Todo, c)
			} else {
				t.rest.Done++
			}
			return
		}
		if t.isReplaced(&c, live) {
			t.rest.Done++
			return
		}
		t.settleAside(&c, live)
		if !live.Exists() || live.IsDir() {
			t.rest.Done++
			return
		}
		t.todo(c, live)
	case Put:
		t.takePut(c, live)
	}
}

// isReplaced reports whether a file that is removed has gone, and another one of the release
// stands there already, whose name differs in case only.
func (t *takeUp) isReplaced(c *Change, live manifest.Entry) bool {
	put := t.puts[manifest.Fold(string(c.Path))]
	return put != nil && put.Path != c.Path && manifest.Unchanged(put.Is, live) && !t.at(Work(put.From)).Exists()
}

func (t *takeUp) takePut(c Change, live manifest.Entry) {
	if t.at(Work(c.From)).Exists() {
		t.settleAside(&c, live)
		t.todo(c, live)
		return
	}
	if live.Exists() && !manifest.Unchanged(c.Was, live) || manifest.Unchanged(c.Is, live) {
		t.rest.Done++ // or somebody has changed it since, which the next deploy sees
		if c.Aside != "" && c.Was.IsFile() && !t.at(Work(c.Aside)).Exists() {
			t.rest.Overwritten = append(t.rest.Overwritten, c)
		}
		return
	}
	if at, ok := t.stray(Live(c.Path, c.Was), c.Is); ok {
		t.rest.Strays = append(t.rest.Strays, Stray{Path: c.Path, At: at, To: Live(c.Path, c.Was)})
		return
	}
	t.rest.Lost = append(t.rest.Lost, c)
}

// todo notes that c is left to be done, unless another file stands in its place than it was
// planned for: the next deploy meets that one as it meets all that somebody else has changed.
func (t *takeUp) todo(c Change, live manifest.Entry) {
	if live.Exists() && !live.IsDir() && !manifest.Unchanged(c.Was, live) && !t.way.makes(c.Path, live) {
		t.rest.Changed = append(t.rest.Changed, c)
		return
	}
	t.rest.Todo = append(t.rest.Todo, c)
}

// settleAside finds out whether the version that was live went aside. Then c is left to be done
// without that.
func (t *takeUp) settleAside(c *Change, live manifest.Entry) {
	gone := !c.Was.Exists() || c.Aside == ""
	if !gone {
		gone = t.at(Work(c.Aside)).Exists()
		if !gone && !live.Exists() {
			if at, ok := t.stray(Work(c.Aside), c.Was); ok {
				t.rest.Strays = append(t.rest.Strays, Stray{Path: c.Path, At: at, To: Work(c.Aside)})
			}
			gone = true
		}
	}
	if !live.IsDir() && (!live.Exists() || gone && c.Aside != "") { // a directory is emptied and removed, or stays
		c.Was, c.Aside = manifest.Entry{Name: c.Was.Name}, ""
	}
}

// named returns e under the spelling that it has on the server.
func named(e manifest.Entry, name string) manifest.Entry {
	e.Name = name
	return e
}

// stray looks for a file under the beginning of the name that it should have got.
func (t *takeUp) stray(want Place, stamp manifest.Entry) (Place, bool) {
	if !t.cut {
		return Place{}, false
	}
	for n := len(want.Path) - 1; n > 0; n-- {
		p := Place{Work: want.Work, Path: want.Path[:n]}
		if strings.HasSuffix(p.Path, "/") || t.wanted[p] {
			continue
		}
		if e := t.at(p); e.IsFile() && manifest.Unchanged(stamp, e) {
			return p, true
		}
	}
	return Place{}, false
}
