package remote

import (
	"context"

	"ferry/internal/ftp"
	"ferry/sync/remote/temporary"
)

// keepOwnTemp makes the temporary of an attempt that broke off one that the next
// attempt can resume, or discards it.
func (up *uploader) keepOwnTemp(u *upload) {
	if !u.canResume() || u.fromStart {
		u.discardTemp()
		return
	}
	up.temps.Keep(u.temp, 1)
	u.own, u.temp = u.temp, place{}
}

// chooseTemp chooses the name of the temporary and the offset to write at: after the
// bytes that an earlier attempt from the same source left, or 0.
func (up *uploader) chooseTemp(ctx context.Context, s *ftp.Session, u *upload) (offset int64, err error) {
	mark := temporary.Fingerprint(u.step.Path, u.step.Want)
	fresh := place{Dir: u.target.Dir, Name: up.temps.NewName(mark, u.plainName)}
	if offset, err = up.resume(ctx, s, u, mark, fresh); offset > 0 || err != nil {
		return offset, err
	}
	u.temp = fresh
	up.temps.Begin(fresh)
	return 0, nil
}

// resume takes over the temporary that an earlier attempt left, if there is one and the
// server can append to it. It is renamed first, because the server may still be
// writing for the attempt that broke off.
func (up *uploader) resume(ctx context.Context, s *ftp.Session, u *upload, mark string, fresh place) (offset int64, err error) {
	works, known := s.Features().Known(ftp.ResumesUploads)
	if u.fromStart || !u.isLarge() || !s.Features().HasREST() || known && !works {
		return 0, nil
	}
	left, ok := up.temps.Claim(u.target, mark)
	if !ok {
		return 0, nil
	}
	if left != u.own {
		u.own = place{} // the part is somebody else's, or an earlier pass's
	}
	m := &renaming{from: left, to: fresh}
	if err := up.renamer.run(ctx, s, new(ftp.Batch), []*renaming{m}); err != nil {
		return 0, err
	}
	if !m.replies.Done() {
		u.discarded = append(u.discarded, left)
		return 0, nil
	}
	u.temp = fresh
	up.temps.Begin(fresh)
	seen, err := up.stat(ctx, s, []place{fresh})
	if err != nil {
		return 0, err
	}
	offset = seen[0].entry.Size
	if seen[0].err != nil || offset > u.step.Want.Size {
		offset = 0
	}
	if offset == 0 {
		u.discardTemp()
	}
	return offset, nil
}
