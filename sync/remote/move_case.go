package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/sync"
)

// viaSuffix ends the name that a file has for a moment while the case of its name is
// changed in two steps. It is not the name of a temporary: if ferry is killed then,
// the file must stay in view.
const viaSuffix = ".renamed"

// isOtherCase reports whether to seems to be there only because the server takes it for
// from in another case: the listing has from and lacks to.
func (mv *mover) isOtherCase(ctx context.Context, from, to place) bool {
	if from.Dir != to.Dir || !strings.EqualFold(from.Name, to.Name) {
		return false
	}
	old, now, err := mv.listBoth(ctx, from, to)
	return err == nil && old && !now
}

// listBoth reports which of two names in one directory its listing shows.
func (srv *server) listBoth(ctx context.Context, from, to place) (old, now bool, err error) {
	err = srv.do(ctx, "looking for names in another case", func(ctx context.Context, s *ftp.Session) error {
		l, err := srv.lister.List(ctx, s, from.Parent())
		if err == nil {
			old, now = l.Find(from.Name).Exists(), l.Find(to.Name).Exists()
		}
		return err
	})
	return old, now, err
}

// completeCase makes sure that a rename in case only was carried out: servers refuse it,
// or say yes and do nothing, because to them the name is there already. Then it is
// done through another name.
func (mv *mover) completeCase(ctx context.Context, m *move) {
	old, now, err := mv.listBoth(ctx, m.from, m.to)
	if err == nil && old && !now && mv.isLate() {
		mv.showsLater(ctx, LookAgain, func(ctx context.Context) bool {
			old, now, err = mv.listBoth(ctx, m.from, m.to)
			return err == nil && now && !old
		})
	}
	switch {
	case err != nil:
		m.out.Err = &ambiguousError{err}
		return
	case now && !old:
		return
	case !old:
		m.out.Err = fmt.Errorf("%s: %w", m.from, sync.ErrChanged)
		return
	}
	via := place{Dir: m.from.Dir, Name: m.from.Name + viaSuffix}
	if seen, err := mv.statPlaces(ctx, "looking before a move", via); err != nil || seen[0].err != nil || seen[0].entry.Exists() {
		m.out.Err = errors.Join(m.refusal(), fmt.Errorf("%s is not free: %w", via, sync.ErrChanged))
		return
	}
	if err := mv.renameThrough(ctx, m, via); err != nil {
		m.out.Err = errors.Join(m.refusal(), err)
	}
}

// refusal says why the server refused, nil where it said yes.
func (m *renaming) refusal() error {
	if m.replies.Done() {
		return nil
	}
	return m.err()
}

// renameThrough gives from the name via, and then its new name. If the second step
// fails, the first one is undone.
func (mv *mover) renameThrough(ctx context.Context, m *move, via place) error {
	first, second, back := renaming{from: m.from, to: via}, renaming{from: via, to: m.to}, renaming{from: via, to: m.from}
	if err := errors.Join(mv.renamer.runOnce(ctx, &first), first.refusal()); err != nil {
		return err
	}
	err := errors.Join(mv.renamer.runOnce(ctx, &second), second.refusal())
	if err == nil {
		old, now, lerr := mv.listBoth(ctx, via, m.to)
		if lerr == nil && now && !old {
			return nil
		}
		err = errors.Join(lerr, fmt.Errorf("the server does not show %s after the rename: %w", m.to, sync.ErrChanged))
	}
	return errors.Join(err, mv.renamer.runOnce(ctx, &back))
}
