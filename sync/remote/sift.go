package remote

import (
	"context"
	"errors"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// An item is a line of a listing that belongs into the tree.
type item struct {
	path  manifest.Path
	name  string
	entry manifest.Entry
	drop  bool
}

// A sifted is a listing without what does not belong into the tree.
type sifted struct {
	found []item
	notes []func() // what is to be remembered of the rest, once the listing is believed
}

// sift leaves out what is ferry's own, the server's own, or ignored. It changes
// nothing.
func (sc *scan) sift(f *folder, l *dirListing) (got sifted) {
	note := func(f func()) { got.notes = append(got.notes, f) }
	found := make([]item, 0, len(l.entries))
	twins := make(map[manifest.Path]bool)
	for _, one := range l.entries {
		if manifest.IsOwn(f.path, one.name) {
			if one.name != manifest.Own {
				note(func() { sc.d.temps.saw(sc.d.names.dir(f.path), one) })
			}
			continue
		}
		p, err := f.path.Child(one.name)
		switch {
		case err != nil:
			note(func() { sc.tree.Skip(f.path, one.name, err.Error()) })
			continue
		case sc.d.dropsTrailingSpace(one.name):
			note(func() {
				sc.tree.Skip(f.path, one.name, "this server is known to, or may, take the name for one without the space at its end")
			})
			continue
		case ftp.IsServersOwn(one.name), sc.look.Ignore != nil && sc.look.Ignore(p, one.entry.IsDir()):
			note(func() { sc.tree.Hold(f.path) })
			continue
		}
		if one.name != p.Base() {
			one.entry.Name = one.name
		}
		if one.name != p.Base() || sc.d.names.has(p) {
			note(func() { sc.d.names.set(p, one.name) })
		}
		if one.name != p.Base() || twins[p] {
			twins[p] = true
		}
		found = append(found, item{path: p, name: one.name, entry: one.entry})
	}
	sc.twins(found, twins)
	got.found = found
	return got
}

// twins takes names that are one path in normal form for what they are: the
// tree makes them unknown, and nothing below them is listed.
func (sc *scan) twins(found []item, maybe map[manifest.Path]bool) {
	if len(maybe) == 0 {
		return
	}
	count := make(map[manifest.Path]int)
	for _, it := range found {
		if maybe[it.path] {
			count[it.path]++
		}
	}
	for i, it := range found {
		if count[it.path] > 1 && it.entry.IsDir() {
			found[i].entry.Kind = manifest.Other
		}
	}
}

// mayMask reports whether name may be what a server shows for another one.
func mayMask(name string) bool { return strings.ContainsAny(name, "?\uFFFD") }

// unmask asks for names with a "?" in them one by one: some servers show that in
// place of letters that they cannot print, and then nobody can tell which names
// the directory holds.
func (sc *scan) unmask(ctx context.Context, f *folder, found []item) error {
	var odd []int
	var places []place
	for i, it := range found {
		if mayMask(it.name) && it.entry.Kind != manifest.Other {
			odd = append(odd, i)
			places = append(places, sc.d.names.place(it.path, it.name))
		}
	}
	answers := make([]error, len(odd))
	if len(odd) > 0 {
		err := sc.d.do(ctx, "looking for odd names", func(ctx context.Context, s *ftp.Session) (err error) {
			answers, err = sc.d.missing(ctx, s, places)
			return err
		})
		if err != nil {
			return err
		}
	}
	masked := false
	for k, i := range odd {
		if !errors.Is(answers[k], sync.ErrPresent) {
			sc.tree.Skip(f.path, found[i].name, "the server shows this name and does not know it: it stands for another one")
			found[i].drop, masked = true, true
		}
	}
	sc.d.listed.setMasking(f.path, masked)
	return nil
}
