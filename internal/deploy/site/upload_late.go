package site

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"ferry/internal/ftp"
	"ferry/sync"
)

// A file that is made late, such as a plan, says what the server shows of the files before it.
// The last questions about those go out with its own upload, and its content is made when they
// are answered. The server has then answered the command for the data connection as well, and
// with a code of its own, so that no reply is taken for another.

// errNotYet says that the files before are not all done.
var errNotYet = errors.New("not all files are stored")

// canRide reports whether all there is to be asked about files can go out with an upload.
func canRide(open []*upload) bool {
	for _, f := range open {
		if f.stage != stored && f.stage != whole || f.lost || f.Keep != nil && !f.KeepIfFree {
			return false
		}
	}
	return true
}

// storeLate stores the files that are made late, the first of them together with the questions
// about the last of the others. The error is one after which the server is of no use.
func (u *uploader) storeLate(ctx context.Context) error {
	for i := range u.files {
		if u.files[i].Late == nil {
			continue
		}
		f := u.upload(i)
		asked := f.err == nil && len(u.rest) > 0
		if asked {
			f.err = u.storeAsking(ctx, f, u.rest)
			u.settle(ctx, slices.DeleteFunc(u.rest, isOver), true)
			u.rest = nil
		}
		if retry := f.err != nil && asked; f.err == nil && !asked || retry && ctx.Err() == nil && !errors.Is(f.err, sync.ErrFatal) {
			f.err = u.storeMade(ctx, f)
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(f.err, sync.ErrFatal):
			u.finish(f, f.err)
			return f.err
		case f.err != nil, f.Unseen && !f.lost && !u.isLate():
			u.finish(f, f.err)
		default:
			u.settle(ctx, []*upload{f}, true)
		}
	}
	return nil
}

// storeMade makes the content of f and stores it.
func (u *uploader) storeMade(ctx context.Context, f *upload) error {
	content, err := f.Late()
	if err != nil {
		return err
	}
	f.holds(content)
	return u.store(ctx, f, nil)
}

// holds gives f its content.
func (f *upload) holds(content []byte) {
	f.Size = int64(len(content))
	f.Open = func(offset int64) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content[offset:])), nil }
}

// storeAsking stores f, whose content is made when the last questions about rest are answered.
func (u *uploader) storeAsking(ctx context.Context, f *upload, rest []*upload) error {
	return u.once(ctx, func(ctx context.Context, s *ftp.Session) error {
		if !u.rides(s) {
			return errNotYet
		}
		t := ftp.StorTransfer(f.at, 0)
		dirs := u.dirsFor(f)
		if err := u.makeBefore(ctx, s, &t.Before, dirs); err != nil {
			return err
		}
		asked := u.ask(&t.Before, s.Features(), rest)
		begun := false
		t.Begun = func() { begun = true }
		in := &lateSource{make: func() ([]byte, error) {
			if !begun {
				return nil, errNotYet
			}
			u.accept(asked)
			u.leaveNames(rest)
			if slices.ContainsFunc(rest, func(f *upload) bool { return f.stage != over }) {
				return nil, errNotYet
			}
			content, err := f.Late()
			if err == nil {
				f.holds(content)
			}
			return content, err
		}}
		_, _, err := s.Send(ctx, t, in)
		afterRenaming(s, asked)
		if err == nil {
			u.noteMade(dirs)
		}
		if e := (*ftp.Error)(nil); errors.As(err, &e) && e.Lost {
			f.lost = true
			return nil
		}
		return err
	})
}

// A lateSource makes its content when it is first read.
type lateSource struct {
	make func() ([]byte, error)
	r    *bytes.Reader
	err  error
}

// Read implements [io.Reader].
func (l *lateSource) Read(p []byte) (int, error) {
	if l.r == nil && l.err == nil {
		var content []byte
		content, l.err = l.make()
		l.r = bytes.NewReader(content)
	}
	if l.err != nil {
		return 0, l.err
	}
	return l.r.Read(p)
}
