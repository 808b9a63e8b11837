package ftp

import (
	"context"
	"fmt"
	"io"
)

// List makes dir, an absolute path, the working directory and lists it; "" lists the
// current one. A refusal is an *Error. See [ListTransfer].
func (s *Session) List(ctx context.Context, dir string, form ListForm) (RawListing, error) {
	d, err := s.Receive(ctx, ListTransfer(dir, form))
	if err != nil {
		return RawListing{}, err
	}
	data, err := d.ReadListing()
	if err != nil {
		return RawListing{}, err
	}
	final, err := d.Finish()
	if err != nil {
		return RawListing{}, err
	}
	return RawListing{Data: data, Final: final, Clean: d.Clean()}, nil
}

// ReadListing reads a listing to its end, at most 1 GiB. With an error the download is
// broken off.
func (d *Download) ReadListing() ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(d, maxListing))
	if err == nil && !d.Transfer.data.eof {
		err = d.s.tooLong(d.Transfer)
	}
	if err != nil {
		d.Abort()
		return nil, err
	}
	return data, nil
}

// tooLong returns the error for a listing that is longer than [maxListing], nil where it
// is exactly that long.
func (s *Session) tooLong(t *Transfer) error {
	var one [1]byte
	if n, err := t.data.Read(one[:]); n == 0 && err == io.EOF {
		return nil
	}
	return &Error{Op: t.Op, Path: t.Path, Class: File, Err: fmt.Errorf("the listing is longer than %d bytes", maxListing)}
}

// maxListing is the length in bytes of the longest listing that is read.
const maxListing = 1 << 30
