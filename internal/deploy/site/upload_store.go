package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/internal/ftp/modez"
	"ferry/sync"
)

// store sends the content of f, with as many attempts as the options allow. The questions
// about open go out with it. With a nil error it is still open what the server holds.
func (u *uploader) store(ctx context.Context, f *upload, open []*upload) error {
	return u.do(ctx, "STOR", func(ctx context.Context, s *ftp.Session) error {
		offset, err := u.offset(ctx, s, f)
		if err != nil {
			return err
		}
		f.started = true
		src, err := f.Open(offset)
		if err != nil {
			return fmt.Errorf("%w: %w", sync.ErrSource, err)
		}
		defer src.Close()
		t := ftp.StorTransfer(f.at, offset)
		if t.Name = f.Name; !f.deflated { // an attempt in MODE Z that failed is no reason for another
			t.Size = f.Size
		}
		dirs := u.dirsFor(f)
		if err := u.makeBefore(ctx, s, &t.Before, dirs); err != nil {
			return err
		}
		var asked []*upload
		if u.rides(s) {
			asked = u.ask(&t.Before, s.Features(), open)
		}
		begun := false
		t.Begun = func() { begun = true }
		r := &source{r: src, left: f.Size - offset}
		in, err := modez.Upload(ctx, s, t, r)
		if err == nil {
			_, _, err = s.Send(ctx, t, in)
		}
		f.deflated = f.deflated || t.Deflate
		if begun {
			u.accept(asked)
		}
		afterRenaming(s, asked)
		if err == nil {
			u.noteMade(dirs)
		}
		f.lost = false
		var e *ftp.Error
		switch {
		case r.err != nil:
			return fmt.Errorf("%w: %w", sync.ErrSource, r.err)
		case errors.As(err, &e) && e.Lost:
			f.lost = true
			return nil // a look tells what the server holds
		case errors.As(err, &e) && offset > 0 && e.Code >= 500:
			s.Features().Observe(ftp.ResumesUploads, false)
			e.Class = ftp.Retry
		case isRefusal(err):
			return dirs.explain(err)
		}
		return err
	})
}

// afterRenaming gives up the session where a renaming may be pending on it.
func afterRenaming(s *ftp.Session, asked []*upload) {
	for _, one := range asked {
		if one.renaming.From.Code != 0 {
			s.AfterRenaming(one.renaming)
		}
	}
}

// offset returns where to go on: behind what an earlier attempt left and that is the
// beginning of the content, or at 0.
func (u *uploader) offset(ctx context.Context, s *ftp.Session, f *upload) (int64, error) {
	works, known := s.Features().Known(ftp.ResumesUploads)
	if !s.Features().HasREST() || known && !works {
		return 0, nil
	}
	switch {
	case f.started && f.Size < sync.ResumeFrom || !f.started && f.resume == 0 || f.again:
		return 0, nil
	}
	told, err := u.looks(ctx, s, new(ftp.Batch), []string{f.at})
	if err != nil {
		return 0, err
	}
	size := told[0].Entry.Size
	if told[0].Err != nil || !told[0].Entry.IsFile() || size == 0 || size > f.Size {
		return 0, nil
	}
	from := max(0, size-sync.OverlapBytes)
	there, err := readEnd(ctx, s, f.at, from, size-from)
	if err != nil {
		return 0, err
	}
	src, err := f.Open(from)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	defer src.Close()
	here := make([]byte, size-from)
	if _, err := io.ReadFull(src, here); err != nil {
		return 0, fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	if !bytes.Equal(here, there) {
		return 0, nil
	}
	return size, nil
}

// readEnd reads the last size bytes of a file, which begin at an offset. A server that does
// not let the file be read is no error: nothing is returned, which proves nothing.
func readEnd(ctx context.Context, s *ftp.Session, abs string, offset, size int64) ([]byte, error) {
	d, err := s.Retrieve(ctx, abs, offset)
	var data []byte
	if err == nil {
		if data, err = d.ReadFile(size); err == nil {
			_, err = d.Finish()
		}
	}
	if err != nil && (ctx.Err() != nil || ftp.Retryable(err)) {
		return nil, err
	}
	return data, nil
}

// A source reads exactly as many bytes as a file is known to have.
type source struct {
	r    io.Reader
	left int64
	err  error
}

var errOtherSize = errors.New("it has another size than before")

// Read implements [io.Reader].
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if s.left -= int64(n); s.left < 0 || err == io.EOF && s.left > 0 {
		err = errOtherSize
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
