package remote

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// store writes the content of u to a temporary beside its place. On success the
// source has confirmed it; what the server holds is still to be looked at.
func (d *Directory) store(ctx context.Context, u *upload) {
	err := d.do(ctx, "STOR", func(ctx context.Context, s *ftp.Session) error {
		if u.temp.name != "" { // of an attempt that broke off
			u.resumeOwn(d)
		}
		u.plain = d.plainNames()
		err := d.storeOnce(ctx, s, u)
		var e *ftp.Error
		if errors.As(err, &e) && e.Code == 553 && !u.plain && !s.Dead() {
			u.spend()
			u.plain = true
			if err = d.storeOnce(ctx, s, u); err == nil {
				d.f.Observe(ftp.StoresDotNames, false)
			}
		}
		return err
	})
	if err != nil {
		u.keep = u.worthKeeping() && !errors.Is(err, sync.ErrChanged) && !isFinal(err)
		u.fail(withRoom(err))
	}
}

// isFinal reports whether err is the server's last word.
func isFinal(err error) bool {
	class, ok := ftp.ClassOf(err)
	return ok && class != ftp.Retry && class != ftp.Busy
}

// plainNames reports whether the server has refused a name with a leading dot.
func (d *Directory) plainNames() bool {
	works, known := d.f.Known(ftp.StoresDotNames)
	return known && !works
}

func (d *Directory) storeOnce(ctx context.Context, s *ftp.Session, u *upload) error {
	offset, err := d.openTemp(ctx, s, u)
	if err != nil {
		return err
	}
	src, err := u.step.Open(ctx, offset)
	if err != nil {
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	defer src.Close()
	in := &intake{r: src, u: u, left: u.step.Want.Size - offset}
	if err := d.send(ctx, s, u, offset, in); err != nil {
		return err
	}
	u.size = offset + in.n
	source, err := src.Confirm(ctx)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	case source.Size != u.size:
		return fmt.Errorf("%w: %d bytes came, and it says it has %d", sync.ErrSource, u.size, source.Size)
	}
	u.out.Source, u.out.Sum = source, src.Sum()
	return nil
}

// send transfers what in holds. A lost reply is no error here: the look at the
// temporary tells.
func (d *Directory) send(ctx context.Context, s *ftp.Session, u *upload, offset int64, in *intake) error {
	t := ftp.StorTransfer(u.temp.String(), offset)
	t.UploadFollows = u.onward && offset == 0 && s.ConfirmsLate()
	_, _, err := s.Send(ctx, t, in)
	var e *ftp.Error
	switch {
	case in.err != nil:
		return fmt.Errorf("%w: %w", sync.ErrSource, in.err)
	case errors.As(err, &e) && e.Lost:
		return nil
	case errors.As(err, &e) && offset > 0 && e.Code >= 500:
		s.Features().Observe(ftp.ResumesUploads, false)
		u.again = true
		e.Class = ftp.Retry
	}
	return err
}

// openTemp chooses the name of the temporary and the offset to write at: behind
// the bytes that an earlier attempt from the same source left, or 0.
func (d *Directory) openTemp(ctx context.Context, s *ftp.Session, u *upload) (int64, error) {
	mark := fingerprint(u.step.Path, u.step.Want)
	fresh := place{u.target.dir, manifest.TempName(newMark(mark), u.step.Path.Base(), u.plain)}
	if offset, err := d.goOn(ctx, s, u, mark, fresh); offset > 0 || err != nil {
		return offset, err
	}
	u.temp = fresh
	d.temps.begin(fresh)
	return 0, nil
}

// goOn takes over the temporary that an earlier attempt left, if there is one
// and the server can write behind its end. It gets a fresh name first, because
// the server may still be writing for the attempt that broke off.
func (d *Directory) goOn(ctx context.Context, s *ftp.Session, u *upload, mark string, fresh place) (int64, error) {
	works, known := s.Features().Known(ftp.ResumesUploads)
	if u.again || !u.worth() || !s.Features().Rest || known && !works {
		return 0, nil
	}
	left, ok := d.temps.claim(u.target, mark)
	if !ok {
		return 0, nil
	}
	pair, err := s.Rename(ctx, left.String(), fresh.String())
	if err != nil {
		return 0, err
	}
	if !pair.Done() {
		u.spent = append(u.spent, left)
		return 0, nil
	}
	u.temp = fresh
	d.temps.begin(fresh)
	seen, err := d.look(ctx, s, []place{fresh})
	if err != nil {
		return 0, err
	}
	size := seen[0].entry.Size
	if seen[0].err != nil || size > u.step.Want.Size {
		size = 0
	}
	if size == 0 {
		u.spend()
	}
	return size, nil
}

// An intake reads the source of an upload, counts, and stops one that has grown.
type intake struct {
	r    sync.Source
	u    *upload
	left int64 // of what the source is to have
	n    int64
	err  error
}

// MoveTo implements mover, where r does.
func (in *intake) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	m, ok := in.r.(ftp.KernelSource)
	if !ok || in.err != nil {
		return 0, errors.ErrUnsupported
	}
	n, err := m.MoveTo(dst, min(most, in.left+1))
	in.took(n)
	return n, err
}

// took counts n bytes.
func (in *intake) took(n int64) {
	in.n += n
	in.left -= n
	in.u.out.Bytes += n
	if n > 0 && in.u.step.Progress != nil {
		in.u.step.Progress(n)
	}
}

func (in *intake) Read(p []byte) (int, error) {
	if in.err != nil {
		return 0, in.err
	}
	n, err := in.r.Read(p)
	in.took(int64(n))
	if in.left < 0 && err == nil {
		err = fmt.Errorf("it has grown beyond %d bytes: %w", in.u.step.Want.Size, sync.ErrChanged)
	}
	if err != nil && err != io.EOF {
		in.err = err
	}
	return n, err
}
