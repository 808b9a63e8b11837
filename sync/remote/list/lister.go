package list

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
)

// A Lister lists directories. Its methods may be called from several goroutines.
type Lister struct {
	// Root is the absolute path of the root of the side, "/" for that of the server.
	Root string
	// Format is the form that the user chose.
	Format listing.Format
	before *ftp.Batch // sent with the first listing; nil: nothing
}

// List lists dir in the form that suits this server. The listing is complete, or
// there is an error. Where what came is odd, it looks at dir in another form; see
// second.go.
func (ls Lister) List(ctx context.Context, s *ftp.Session, dir string) (*Listing, error) {
	return ls.ListKnowing(ctx, s, dir, nil)
}

// ListAfter is ListKnowing after the commands of b, in the same write; see
// [ftp.Session.ListAfter].
func (ls Lister) ListAfter(ctx context.Context, s *ftp.Session, b ftp.Batch, dir string, hadDots func() bool) (*Listing, error) {
	ls.before = &b
	return ls.ListKnowing(ctx, s, dir, hadDots)
}

// ListKnowing is List where hadDots tells whether names with a leading dot were in dir, or may
// be there now. Where none is shown, other forms are tried.
func (ls Lister) ListKnowing(ctx context.Context, s *ftp.Session, dir string, hadDots func() bool) (*Listing, error) {
	first := ls.listBy(ctx, s, dir, s.Features().ListForm())
	if errors.Is(first.err, listing.ErrTwice) && ctx.Err() == nil && !s.Dead() {
		// A file was replaced by a rename while the server read the directory.
		first = ls.listBy(ctx, s, dir, s.Features().ListForm())
	}
	doubt := first.doubt(s.Features(), hadDots)
	if doubt == noDoubt || ctx.Err() != nil || s.Dead() {
		first.prove(s.Features())
		return first.l, first.err
	}
	return ls.lookAgain(ctx, s, first, doubt)
}

// listBy lists dir in one form.
func (ls Lister) listBy(ctx context.Context, s *ftp.Session, dir string, form ftp.ListForm) attemptToList {
	try := attemptToList{dir: dir, form: form}
	l, raw, err := ls.listAs(ctx, s, dir, form)
	if err != nil {
		if raw != nil {
			try.refusal = raw.Final
		}
		try.err = err
		return try
	}
	broken := raw.Check()
	showsSelf := s.Features().ShowsSelf() && form == s.Features().ListForm()
	if showsSelf && form == ftp.FormLISTAll && broken == nil && !l.Self {
		if l, raw, err = ls.listAs(ctx, s, dir, ftp.FormLISTAllLong); err != nil {
			try.err = err
			return try
		}
		broken = raw.Check()
	}
	if broken == nil && showsSelf && !l.Self {
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

// listAs lists dir in one form. Whether the listing is complete is still to be checked.
func (ls Lister) listAs(ctx context.Context, s *ftp.Session, dir string, form ftp.ListForm) (*Listing, *ftp.Listing, error) {
	l := new(Listing)
	var before ftp.Batch
	if ls.before != nil {
		before, *ls.before = *ls.before, ftp.Batch{}
	}
	raw, err := s.ListAfter(ctx, before, dir, form, time.Now(), l.Add)
	return l, raw, err
}
