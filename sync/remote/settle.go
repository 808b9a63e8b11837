package remote

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// finish returns a context in which what was begun is brought to its end: ctx
// being cancelled meanwhile leaves it some seconds more.
func (d *Directory) finish(ctx context.Context) (context.Context, context.CancelFunc) {
	const grace = 1500 * time.Millisecond
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(min(grace, d.opts.Timeout))
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel(context.Cause(ctx))
		case <-inner.Done():
		}
	})
	return inner, func() { stop(); cancel(nil) }
}

// pause waits before another attempt at what was refused or not answered; the
// first one needs no wait.
func (d *Directory) pause(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return ctx.Err()
	}
	return ftp.Sleep(ctx, d.opts.Backoff(attempt-1))
}

// settle finds out what became of a renaming that did not go as it should, and
// does it once more, or in the other way, where it was not done. A refusal is
// looked into as well: a server that is out of step may refuse what it has done.
func (d *Directory) settle(ctx context.Context, u *upload, pair ftp.Renaming, cause error) {
	for attempt := 0; ; attempt++ {
		if !pair.Done() {
			done, doubt := d.arrived(ctx, u)
			switch {
			case done:
				d.placed(u)
				return
			case doubt != nil && pair.Unsettled():
				u.out.Ambiguous = true
				d.undo(ctx, u, errors.Join(cause, doubt))
				return
			case doubt != nil:
				u.out.Ambiguous = !errors.Is(doubt, sync.ErrChanged)
				d.undo(ctx, u, errors.Join(pair.Err(u.temp.String(), u.target.String()), doubt))
				return
			case pair.Unsettled():
			case pair.From.Code == 350 && u.there.entry.Exists() && u.aside.name == "":
				d.renameOver(ctx, u, pair)
				return
			default:
				d.undo(ctx, u, pair.Err(u.temp.String(), u.target.String()))
				return
			}
		}
		if pair.Done() {
			d.placed(u)
			return
		}
		cause = errors.Join(cause, pair.Err(u.temp.String(), u.target.String()))
		if attempt >= d.opts.Retries || d.pause(ctx, attempt) != nil {
			d.undo(ctx, u, fmt.Errorf("renaming %s to %s did not come about: %w", u.temp, u.target, errors.Join(cause, context.Cause(ctx))))
			return
		}
		pair = ftp.Renaming{}
		cause = d.once(ctx, func(ctx context.Context, s *ftp.Session) (err error) {
			pair, err = s.Rename(ctx, u.temp.String(), u.target.String())
			return err
		})
		if cause != nil && !ftp.Retryable(cause) {
			d.undo(ctx, u, cause)
			return
		}
	}
}

// arrived looks whether the temporary stands at its place by now. An error means
// that neither that nor the opposite can be told, or that something else is
// there.
func (d *Directory) arrived(ctx context.Context, u *upload) (bool, error) {
	var seen []looked
	err := d.do(ctx, "looking after a lost reply", func(ctx context.Context, s *ftp.Session) (err error) {
		seen, err = d.look(ctx, s, []place{u.temp, u.target})
		return err
	})
	if err != nil {
		return false, err
	}
	temp, target := seen[0], seen[1]
	switch {
	case temp.err != nil || target.err != nil:
		return false, errors.Join(temp.err, target.err)
	case !temp.entry.Exists() && same(u.step.Path, u.stamp.entry, target.entry) == nil:
		return true, nil
	case temp.entry.Exists() && same(u.step.Path, u.stamp.entry, temp.entry) == nil:
		want := u.there.entry
		if u.aside.name != "" {
			want = manifest.Entry{}
		}
		return false, same(u.step.Path, want, target.entry)
	}
	return false, fmt.Errorf("neither the new version nor its temporary is there: %w", sync.ErrChanged)
}

// renameOver puts u in place on a server that does not rename over files: the
// old version goes aside first.
func (d *Directory) renameOver(ctx context.Context, u *upload, refused ftp.Renaming) {
	d.setAside(ctx, []*upload{u})
	if u.failed() {
		u.out.Err = errors.Join(refused.Err(u.temp.String(), u.target.String()), u.out.Err)
		return
	}
	d.f.Observe(ftp.RenamesOver, false)
	var pair ftp.Renaming
	err := d.once(ctx, func(ctx context.Context, s *ftp.Session) (err error) {
		pair, err = s.Rename(ctx, u.temp.String(), u.target.String())
		return err
	})
	d.settle(ctx, u, pair, err)
}

// undo records that u failed, having brought the old version back.
func (d *Directory) undo(ctx context.Context, u *upload, cause error) {
	u.fail(cause)
	if u.aside.name == "" {
		return
	}
	var pair ftp.Renaming
	err := d.once(ctx, func(ctx context.Context, s *ftp.Session) (err error) {
		pair, err = s.Rename(ctx, u.aside.String(), u.target.String())
		return err
	})
	if !pair.Done() {
		u.out.Ambiguous = true
		u.out.Err = fmt.Errorf("%w; the old version is kept as %s (%w)", u.out.Err, u.aside, errors.Join(err, pair.Err(u.aside.String(), u.target.String())))
		return
	}
	u.aside = place{}
}
