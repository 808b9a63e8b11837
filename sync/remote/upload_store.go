package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/internal/ftp/modez"
	"ferry/internal/ftp/pool/shared"
	"ferry/sync"
)

// store writes the content of u to a temporary beside its place. On success the source
// has confirmed it, and it is still open what the server holds.
func (up *uploader) store(ctx context.Context, u *upload) {
	brokeOff := false // the last attempt did, on its way directly from the other server
	attempt := func(ctx context.Context, s *ftp.Session) error {
		through := u.throughUs
		defer func() { brokeOff = u.throughUs && !through }()
		up.keepOwnTemp(u)
		dots, known := up.features.Known(ftp.StoresDotNames)
		u.plainName = known && !dots
		err := up.storeOnce(ctx, s, u)
		if up.mayBeTheDot(err) && !u.plainName && !s.Dead() {
			refused := err
			u.discardTemp()
			u.plainName = true
			if err = up.storeOnce(ctx, s, u); err == nil {
				up.features.Observe(ftp.StoresDotNames, false)
			} else if !s.Dead() && ctx.Err() == nil {
				err = refused
			}
		} else if err == nil && !u.plainName {
			up.dotStored.Store(true)
		}
		return err
	}
	if u.step.Want.Size >= sync.ResumeFrom {
		ctx = shared.Long(ctx)
	}
	err := up.do(ctx, "STOR", attempt)
	if brokeOff && ftp.Retryable(err) && ctx.Err() == nil { // that was an offer, and no attempt of those that are asked for
		err = up.do(ctx, "STOR", attempt)
	}
	if err != nil {
		u.resumable = u.canResume() && !errors.Is(err, sync.ErrChanged) && !ftp.IsFinal(err)
		u.fail(withFull(withName(err, u.temp, u.target)))
	}
}

// mayBeTheDot reports whether err may be a refusal of the leading dot in the name of a
// temporary. Servers have no code of their own for that. One that has just taken such a name
// means something else, unless it says that the name is wrong.
func (up *uploader) mayBeTheDot(err error) bool {
	var e *ftp.Error
	switch {
	case !errors.As(err, &e) || e.Op == "RETR" || e.Code < 500 || e.Code == 530 || e.Code == 552:
		return false
	}
	return e.Code == 553 || !up.dotStored.Load()
}

func (up *uploader) storeOnce(ctx context.Context, s *ftp.Session, u *upload) error {
	offset, err := up.chooseTemp(ctx, s, u)
	if err != nil {
		return err
	}
	overlap := min(offset, sync.OverlapBytes)
	src, err := u.step.Open(ctx, offset-overlap)
	if err != nil {
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	defer src.Close()
	if offset > 0 {
		belongs, err := up.provePart(ctx, s, u, src, offset-overlap, overlap)
		if err != nil {
			return err
		}
		if !belongs {
			src.Close()
			u.discardTemp()
			u.fromStart = true
			return up.storeOnce(ctx, s, u)
		}
	}
	if offset == 0 {
		if sent, err := up.sendDirectly(ctx, s, u, src); sent || err != nil {
			return err
		}
	}
	r := &uploadReader{source: src, u: u, left: u.step.Want.Size - offset}
	if err := up.send(ctx, s, u, offset, r); err != nil {
		return err
	}
	u.size = offset + r.n
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

// send transfers what r holds. A lost reply is no error here, because the temporary is
// looked at afterwards.
func (up *uploader) send(ctx context.Context, s *ftp.Session, u *upload, offset int64, r *uploadReader) error {
	u.lost, u.timeSet = nil, false
	t := ftp.StorTransfer(u.temp.String(), offset)
	if t.Name = u.target.Name; !u.deflated { // an attempt in MODE Z that failed is no reason for another
		t.Size = u.step.Want.Size
	}
	t.UploadFollows = u.smallFollows && offset == 0 && s.ConfirmsLate()
	in, err := modez.Upload(ctx, s, t, r)
	if err == nil {
		_, _, err = s.Send(ctx, t, in)
	}
	u.deflated = u.deflated || t.Deflate
	if err == nil {
		up.listed.NoteSpaced(u.temp)
	}
	var e *ftp.Error
	switch {
	case r.err != nil:
		return fmt.Errorf("%w: %w", sync.ErrSource, r.err)
	case errors.As(err, &e) && e.Lost:
		u.lost = err
		return nil
	case errors.As(err, &e) && offset > 0 && e.Code >= 500:
		s.Features().Observe(ftp.ResumesUploads, false)
		u.fromStart = true
		e.Class = ftp.Retry
	}
	return err
}
