package remote

import (
	"context"
	"errors"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/list"
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
func (w *walk) filter(f *list.Folder, l *list.Listing) (got filtered) {
	note := func(f func()) { got.notes = append(got.notes, f) }
	got.items = make([]item, 0, len(l.Entries))
	dir := strings.TrimSuffix(w.names.Dir(f.Path), "/")
	twins := false
	for _, one := range l.Entries {
		if manifest.IsOwn(f.Path, one.Name) {
			if _, temp := manifest.TempMark(one.Name); temp {
				note(func() { w.temps.Saw(place{Dir: dir, Name: one.Name}, one.Entry) })
			} else if one.Name == manifest.OwnPlain {
				note(func() { w.plainSeen.Store(true) })
			}
			continue
		}
		p, err := f.Path.Child(one.Name)
		switch {
		case err != nil:
			note(func() { w.tree.Skip(f.Path, one.Name, err.Error()) })
			continue
		case w.dropsTrailingSpace(one.Name):
			note(func() {
				w.tree.Skip(f.Path, one.Name, "this server may take the name for one without the space at its end")
			})
			continue
		case ftp.IsServersOwn(one.Name), w.look.Ignores(p, one.Entry.IsDir()):
			note(func() { w.tree.Hold(f.Path) })
			continue
		}
		if one.Name != p.Base() {
			one.Entry.Name, twins = one.Name, true
		}
		if one.Name != p.Base() || w.names.Has(p) {
			note(func() { w.names.Set(p, one.Name) })
		}
		if w.opts.Permissions {
			one.Entry.SetMode(one.Mode)
		}
		got.items = append(got.items, item{path: p, name: one.Name, entry: one.Entry, noSize: one.NoSize})
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

// dropMasking asks for names with a "?" one by one, and drops those that the server does
// not know. Some servers show a "?" in place of letters that they cannot print; then
// nobody can tell which names the directory holds.
func (w *walk) dropMasking(ctx context.Context, f *list.Folder, items []item) error {
	var odd []int
	var places []place
	for i, it := range items {
		if list.MayMask(it.name) && it.entry.Kind != manifest.Other {
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
			w.tree.Skip(f.Path, items[i].name, "the server shows this name and does not know it: it stands for another one")
			items[i].drop, masking = true, true
		}
	}
	w.listed.SetMasking(f.Path, masking)
	return nil
}
