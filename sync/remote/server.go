package remote

import (
	"context"
	"errors"

	"ferry/internal/ftp"
	"ferry/sync"
)

// Options say which directory of which server is a side, and how to get
// at it. Besides a Host, everything has a usable zero value.
type Options struct {
	ftp.Options

	// Path is that of the root, relative to the login directory; with Absolute set
	// it starts at the server's root.
	Path     string
	Absolute bool

	// Owner names the machine and the state directory that a lock on the server is
	// held for; if empty, no lock is taken. OwnerHost names them for people.
	Owner, OwnerHost string
	// WaitLock waits for the lock of somebody else who is alive.
	WaitLock bool
}

// do is [pool.do] with errors that tell the engine when to give up.
func (d *Directory) do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error {
	return giveUp(d.pool.Do(ctx, op, f))
}

// once is [pool.once] with errors as those of do.
func (d *Directory) once(ctx context.Context, f func(ctx context.Context, s *ftp.Session) error) error {
	return giveUp(d.pool.Once(ctx, f))
}

// borrow is [pool.lend] with errors as those of do.
func (d *Directory) borrow(ctx context.Context) (*ftp.Session, error) {
	s, err := d.pool.Borrow(ctx)
	return s, giveUp(err)
}

// handBack gives back what borrow gave.
func (d *Directory) handBack(s *ftp.Session) { d.pool.Return(s) }

// A giveUpError reads as its cause and is also [sync.ErrFatal].
type giveUpError struct{ err error }

func (e *giveUpError) Error() string   { return e.err.Error() }
func (e *giveUpError) Unwrap() []error { return []error{e.err, sync.ErrFatal} }

// giveUp wraps [sync.ErrFatal] around errors after which the server is of no
// more use.
func giveUp(err error) error {
	if !errors.Is(err, ftp.ErrFatal) || errors.Is(err, sync.ErrFatal) {
		return err
	}
	return final(err)
}

// final wraps [sync.ErrFatal] around err.
func final(err error) error { return &giveUpError{err} }

// Rest closes the sessions that nobody uses, but for one that it keeps awake. See
// [pool.rest].
func (d *Directory) Rest(ctx context.Context) { d.pool.Rest(ctx) }
