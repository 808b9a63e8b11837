package ftp

import (
	"context"
	"time"

	"ferry/internal/ftp/listing"
)

// List makes dir, an absolute path, the working directory and lists it; "" lists the
// current one. It calls add for each entry as it comes. now is our clock. A refusal is an
// *Error. Where the directory could be entered and the server refused to list it, or took its word
// back at the end, the [Listing] is not nil and has that reply as Final. See [ListTransfer]
// and [Download.ReadListing].
func (s *Session) List(ctx context.Context, dir string, form ListForm, now time.Time, add func(listing.Entry)) (*Listing, error) {
	return s.ListAfter(ctx, Batch{}, dir, form, now, add)
}

// ListAfter is List after the commands of b, in the same write. Nothing may be concluded from
// their replies before it returns without an error; see [Transfer.Before].
func (s *Session) ListAfter(ctx context.Context, b Batch, dir string, form ListForm, now time.Time, add func(listing.Entry)) (*Listing, error) {
	t := ListTransfer(dir, form)
	t.Before = b
	d, err := s.Receive(ctx, t)
	if err != nil && t.declined() {
		return &Listing{Final: t.start}, err
	}
	if err != nil {
		return nil, err
	}
	l, err := d.ReadListing(form, now, add)
	if err != nil {
		return nil, err
	}
	l.Final, err = d.Finish()
	return l, err
}
