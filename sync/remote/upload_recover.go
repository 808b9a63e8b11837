package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// complete makes sure what became of the rename m that puts u in its place. Where the
// server refuses to rename over the old version, or only says that it does, that goes
// aside first.
func (up *uploader) complete(ctx context.Context, u *upload, m *renaming, cause error) {
	err := up.renamer.recover(ctx, m, cause, recovery{
		happened: func(ctx context.Context) (bool, error) { return up.isInPlace(ctx, u, m) },
		again:    func(ctx context.Context) error { return up.renamer.runOnce(ctx, m) },
		retries:  up.opts.Retries,

		mayReplace: u.replacesFile(),
	})
	switch {
	case err == nil:
		up.installed(u)
	case (m.isRefused() || didNothing(err)) && u.replacesFile() && !isAmbiguous(err) && !errors.Is(err, sync.ErrChanged):
		up.replaceAside(ctx, u, err)
	default:
		up.undo(ctx, u, err)
	}
}

// isInPlace finds out by looking whether the temporary is in its place. An error means
// that this cannot be told, or that something else is there.
func (up *uploader) isInPlace(ctx context.Context, u *upload, m *renaming) (bool, error) {
	temp, target, err := up.renamer.statBoth(ctx, m)
	was := u.targetStat.entry
	if u.aside != (place{}) {
		was = manifest.Entry{}
	}
	switch {
	case err != nil:
	case !temp.Exists() && unchanged(u.step.Path, u.tempStat.entry, target) == nil:
		return true, nil
	case !temp.Exists() || unchanged(u.step.Path, u.tempStat.entry, temp) != nil:
		err = fmt.Errorf("neither the new version nor its temporary is there: %w", sync.ErrChanged)
	default:
		err = unchanged(u.step.Path, was, target)
	}
	if err != nil && (m.replies.Unsettled() || !errors.Is(err, sync.ErrChanged)) {
		err = &ambiguousError{err}
	}
	return false, err
}

// replaceAside puts u in its place on a server that does not rename over files: the old
// version goes into the trash first.
func (up *uploader) replaceAside(ctx context.Context, u *upload, refused error) {
	up.moveAside(ctx, []*upload{u})
	if u.failed() {
		u.out.Err = errors.Join(refused, u.out.Err)
		return
	}
	up.features.Observe(ftp.RenamesOver, false)
	m := &renaming{from: u.temp, to: u.target, what: u.tempStat.entry}
	err := up.renamer.runOnce(ctx, m)
	up.complete(ctx, u, m, err)
}

// undo records that u failed, and brings the old version back.
func (up *uploader) undo(ctx context.Context, u *upload, cause error) {
	u.fail(cause)
	if u.aside == (place{}) {
		return
	}
	back := &renaming{from: u.aside, to: u.target}
	err := up.renamer.runOnce(ctx, back)
	if !back.replies.Done() {
		u.out.Ambiguous = true
		u.out.Err = fmt.Errorf("%w; the old version is kept as %s (%w)", u.out.Err, u.aside, errors.Join(err, back.err()))
		return
	}
	u.aside = place{}
}
