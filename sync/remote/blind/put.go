package blind

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/sync"
)

// An upload is a Put step under way. The content goes to the file under its own name:
// whether a rename took effect could not be seen.
type upload struct {
	step sync.Step
	path string // absolute
	out  sync.Outcome
}

// put stores a file. A transfer that was cut is begun again, and where that fails too, the
// server may hold a part of the file until a later pass sends it.
func (d *Directory) put(ctx context.Context, step sync.Step) sync.Outcome {
	u := &upload{step: step}
	path, err := d.server.Place(step)
	if err != nil {
		return sync.Outcome{Err: err}
	}
	u.path = path
	err = d.server.Do(ctx, "STOR", func(ctx context.Context, s *ftp.Session) error {
		err := u.send(ctx, s)
		if isRefused(err) && !s.Dead() && d.makeParents(ctx, s, u.path) {
			err = u.send(ctx, s)
		}
		return err
	})
	if ftp.IsFull(err) {
		err = fmt.Errorf("%w: %w", sync.ErrFull, err)
	}
	if u.out.Err = err; err != nil {
		u.out.Sum = ""
	}
	return u.out
}

// send stores the content once.
func (u *upload) send(ctx context.Context, s *ftp.Session) error {
	src, err := u.step.Open(ctx, 0)
	if err != nil {
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	defer src.Close()
	r := &reader{source: src, upload: u}
	switch _, _, err = s.Store(ctx, u.path, 0, r); {
	case r.err != nil:
		return fmt.Errorf("%w: %w", sync.ErrSource, r.err)
	case err != nil:
		return err
	}
	source, err := src.Confirm(ctx)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	case source.Size != r.n:
		return fmt.Errorf("%w: %d bytes came, and it says it has %d", sync.ErrSource, r.n, source.Size)
	}
	u.out.Source, u.out.Sum = source, src.Sum()
	u.out.Entry = entry(u.step, source.Kind, r.n, u.path)
	return nil
}

// A reader reads the source of an upload, counts its bytes, and stops when the source has
// grown.
type reader struct {
	source sync.Source
	upload *upload
	n      int64 // bytes that were read
	err    error // of the source
}

// Read implements [io.Reader].
func (r *reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.source.Read(p)
	r.n += int64(n)
	r.upload.out.Bytes += int64(n)
	if n > 0 && r.upload.step.Progress != nil {
		r.upload.step.Progress(int64(n))
	}
	if most := r.upload.step.Want.Size; r.n > most && err == nil {
		err = fmt.Errorf("it has grown beyond %d bytes: %w", most, sync.ErrChanged)
	}
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// isRefused reports whether the server refused a command for this file. Servers have no
// code of their own for a directory that is not there.
func isRefused(err error) bool {
	var e *ftp.Error
	return errors.As(err, &e) && e.Class == ftp.File && !ftp.IsFull(err)
}
