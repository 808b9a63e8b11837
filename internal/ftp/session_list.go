package ftp

import (
	"context"
	"fmt"
	"io"
)

// list makes dir the working directory and lists it; "" is the one that is.
// No path is given to the listing command itself: servers take one for options
// or patterns, and some answer 226 for what is not there. What the server
// refuses is an *Error.
func (s *Session) List(ctx context.Context, dir string, form ListForm) (RawListing, error) {
	return s.listWith(ctx, ListTransfer(dir, form))
}

// listBy is list by the commands of t.
func (s *Session) listWith(ctx context.Context, t *Transfer) (RawListing, error) {
	d, err := s.Receive(ctx, t)
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

// listing reads a listing to its end. With an error the download is broken off.
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

// tooLong is nil where the limit was met exactly at the end.
func (s *Session) tooLong(t *Transfer) error {
	var one [1]byte
	if n, err := t.data.Read(one[:]); n == 0 && err == io.EOF {
		return nil
	}
	return &Error{Op: t.Op, Path: t.Path, Class: File, Err: fmt.Errorf("the listing is longer than %d bytes", maxListing)}
}

// maxListing is the longest listing of one directory that is read.
const maxListing = 1 << 30
