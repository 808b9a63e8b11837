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
	path   manifest.Path
	name   string
	entry  manifest.Entry
	noSize bool // the listing does not tell the size
	drop   bool
}

// A filtered listing holds only what belongs into the tree.
type filtered struct {
	items []item
	notes []func() // to be called for the other lines, once the listing is known to be complete
}

// filter leaves out what is ferry's own, the server's own, or ignored. It changes
// nothing.
func (w *walk) filter(f *folder, l *dirListing) (got filtered) {
	note := func(f func()) { got.notes = append(got.notes, f) }
	got.items = make([]item, 0, len(l.entries))
	dir := strings.TrimSuffix(w.names.dir(f.path), "/")
	twins := false
	for _, one := range l.entries {
		if manifest.IsOwn(f.path, one.name) {
			if _, temp := manifest.TempMark(one.name); temp {
				note(func() { w.temps.saw(place{dir, one.name}, one.entry) })
			} else if one.name == manifest.OwnPlain {
				note(func() { w.plainSeen.Store(true) })
			}
			continue
		}
		p, err := f.path.Child(one.name)
		switch {
		case err != nil:
			note(func() { w.tree.Skip(f.path, one.name, err.Error()) })
			continue
		case w.dropsTrailingSpace(one.name):
			note(func() {
				w.tree.Skip(f.path, one.name, "this server may take the name for one without the space at its end")
			})
			continue
		case ftp.IsServersOwn(one.name), w.look.Ignores(p, one.entry.IsDir()):
			note(func() { w.tree.Hold(f.path) })
			continue
		}
		if one.name != p.Base() {
			one.entry.Name, twins = one.name, true
		}
		if one.name != p.Base() || w.names.has(p) {
			note(func() { w.names.set(p, one.name) })
		}
		got.items = append(got.items, item{path: p, name: one.name, entry: one.entry, noSize: one.noSize})
	}
	if twins {
		stopAtTwins(got.items)
	}
	return got
}

// stopAtTwins makes sure that nothing is listed below directories whose names are one
// path in normal form. The tree makes them unknown.
func stopAtTwins(items []item) {
	count := make(map[manifest.Path]int)
	for _, it := range items {
		count[it.path]++
	}
	for i, it := range items {
		if count[it.path] > 1 && it.entry.IsDir() {
			items[i].entry.Kind = manifest.Other
		}
	}
}

// mayMask reports whether a server may show name in place of another one.
func mayMask(name string) bool { return strings.ContainsAny(name, "?\uFFFD") }

// dropMasking asks for names with a "?" one by one, and drops those that the server does
// not know. Some servers show a "?" in place of letters that they cannot print; then
// nobody can tell which names the directory holds.
func (w *walk) dropMasking(ctx context.Context, f *folder, items []item) error {
	var odd []int
	var places []place
	for i, it := range items {
		if mayMask(it.name) && it.entry.Kind != manifest.Other {
			odd, places = append(odd, i), append(places, w.placeOf(it))
		}
	}
	var answers []error
	if len(odd) > 0 {
		err := w.do(ctx, "looking for odd names", func(ctx context.Context, s *ftp.Session) (err error) {
			answers, err = w.missing(ctx, s, places)
			return err
		})
		if err != nil {
			return err
		}
	}
	masking := false
	for k, i := range odd {
		if !errors.Is(answers[k], sync.ErrPresent) {
			w.tree.Skip(f.path, items[i].name, "the server shows this name and does not know it: it stands for another one")
			items[i].drop, masking = true, true
		}
	}
	w.listed.setMasking(f.path, masking)
	return nil
}
