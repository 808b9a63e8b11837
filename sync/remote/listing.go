package remote

import (
	"context"
	"fmt"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
	"ferry/manifest"
	"ferry/sync/remote/lock"
)

// A dirListing is the complete content of one directory. A listing that may be
// incomplete is an error.
type dirListing struct {
	entries []listed // without the directory itself and the one above
	self    bool     // the listing shows the directory itself, as "." or type=cdir
	id      uint64   // of the directory itself; 0: not told
	// refused are names that no path can hold, with the reason.
	refused []refusedName
	newest  int64 // the latest time that LIST showed, in Unix seconds; 0: none
}

type refusedName struct {
	name string
	why  error
}

// list lists dir in the form that suits this server. The listing is complete, or
// there is an error. Where what came is odd, it looks at dir in another form; see
// listing_second.go.
func (srv *server) list(ctx context.Context, s *ftp.Session, dir string) (*dirListing, error) {
	return srv.listKnowing(ctx, s, dir, nil)
}

// listKnowing is list where hadDots tells whether names with a leading dot were in dir.
func (srv *server) listKnowing(ctx context.Context, s *ftp.Session, dir string, hadDots func() bool) (*dirListing, error) {
	first := srv.listBy(ctx, s, dir, s.Features().ListForm())
	doubt := first.doubt(s.Features(), hadDots)
	if doubt == noDoubt || ctx.Err() != nil || s.Dead() {
		first.prove(s.Features())
		return first.l, first.err
	}
	return srv.lookAgain(ctx, s, first, doubt)
}

// listBy lists dir in one form.
func (srv *server) listBy(ctx context.Context, s *ftp.Session, dir string, form ftp.ListForm) attemptToList {
	try := attemptToList{dir: dir, form: form}
	l, raw, err := srv.listAs(ctx, s, dir, form)
	if err != nil {
		if raw != nil {
			try.refusal = raw.Final
		}
		try.err = err
		return try
	}
	broken := raw.Check()
	showsSelf := s.Features().ShowsSelf() && form == s.Features().ListForm()
	if showsSelf && form == ftp.FormLISTAll && broken == nil && !l.self {
		if l, raw, err = srv.listAs(ctx, s, dir, ftp.FormLISTAllLong); err != nil {
			try.err = err
			return try
		}
		broken = raw.Check()
	}
	if broken == nil && showsSelf && !l.self {
		broken = fmt.Errorf("%w: the directory itself is not in it, although other listings of this server show it", ftp.ErrIncomplete)
	}
	if broken != nil {
		class := ftp.File
		if !raw.Clean || raw.Final.Code/100 == 4 { // it broke off: that is worth another attempt
			class = ftp.Retry
		}
		try.unread = raw.Clean && raw.Readable() != nil
		try.err = &ftp.Error{Op: "listing", Path: dir, Class: class, Err: broken}
		return try
	}
	try.l = l
	return try
}

// listDirs lists the directories in dir, with the same errors as list.
func (srv *server) listDirs(ctx context.Context, s *ftp.Session, dir string) (dirs []lock.Dir, err error) {
	l, err := srv.list(ctx, s, dir)
	if err != nil {
		return nil, err
	}
	for _, one := range l.entries {
		if one.entry.IsDir() {
			dirs = append(dirs, lock.Dir{Name: one.name, Entry: one.entry})
		}
	}
	return dirs, nil
}

// listAs lists dir in one form. Whether the listing is complete is still to be checked.
func (srv *server) listAs(ctx context.Context, s *ftp.Session, dir string, form ftp.ListForm) (*dirListing, *ftp.Listing, error) {
	l := new(dirListing)
	raw, err := s.List(ctx, dir, form, time.Now(), l.add)
	return l, raw, err
}

func (l *dirListing) add(line listing.Entry) {
	e := entryOf(line)
	switch line.Kind {
	case listing.CurrentDir:
		l.self, l.id = true, e.ID
		return
	case listing.ParentDir:
		return
	}
	if err := checkListedName(line); err != nil {
		l.refused = append(l.refused, refusedName{line.Name, err})
		return
	}
	l.newest = max(l.newest, e.Shown)
	l.entries = append(l.entries, listed{line.Name, e, line.Mode, line.NoSize})
}

// mode returns the permission bits of name, as in [listing.Entry].
func (l *dirListing) mode(name string) uint16 {
	for _, one := range l.entries {
		if one.name == name {
			return one.mode
		}
	}
	return 0
}

// find returns what the listing has under name.
func (l *dirListing) find(name string) manifest.Entry {
	for _, one := range l.entries {
		if one.name == name {
			return one.entry
		}
	}
	return manifest.Entry{}
}
