package ftp

import (
	"context"
	"time"

	"ferry/internal/ftp/listing"
)

// List makes dir, an absolute path, the working directory and lists it; "" lists the
// current one. It calls add for each entry as it comes. now is our clock. A refusal is an
// *Error. See [ListTransfer] and [Download.ReadListing].
func (s *Session) List(ctx context.Context, dir string, form ListForm, now time.Time, add func(listing.Entry)) (*Listing, error) {
	d, err := s.Receive(ctx, ListTransfer(dir, form))
	if err != nil {
		return nil, err
	}
	l, err := d.ReadListing(form, now, add)
	if err != nil {
		return nil, err
	}
	if l.Final, err = d.Finish(); err != nil {
		return nil, err
	}
	return l, nil
}
