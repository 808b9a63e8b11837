package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/sync"
)

// A positive reply to a change is believed once the server was seen to make a change of
// that kind. Until then each change is looked at: some servers say yes and do nothing.

// keeps reports whether the server was seen to do what it promises, at once.
func (srv *server) keeps(promise ftp.Quirk) bool {
	holds, known := srv.features.Known(promise)
	return known && holds && !srv.isLate()
}

// promise returns what a positive reply to m promises.
func (m *renaming) promise() ftp.Quirk {
	switch {
	case m.what.IsDir():
		return ftp.RenamesDirs
	case m.over:
		return ftp.ReplacesFiles
	}
	return ftp.RenamesFiles
}

// believe makes sure that m, which the server says is done, was carried out. The error
// wraps [ftp.ErrDidNothing] where it was not, and is ambiguous where that cannot be told.
func (r *renamer) believe(ctx context.Context, m *renaming) error {
	if r.keeps(m.promise()) || strings.EqualFold(m.from.String(), m.to.String()) { // both names may find it
		return nil
	}
	from, to, err := r.statBoth(ctx, m)
	if err == nil && from.Exists() || errors.Is(err, errHidden) {
		r.showsLater(ctx, LookAgain, func(ctx context.Context) bool {
			from, to, err = r.statBoth(ctx, m)
			return err == nil && !from.Exists() && to.Exists()
		})
	}
	switch {
	case err != nil:
		return &ambiguousError{err}
	case from.Exists():
		r.features.Observe(m.promise(), false)
		return m.replies.DidNothing(m.to.String())
	case !to.Exists() || m.what.Exists() && to.Kind != m.what.Kind || m.what.IsFile() && to.Size != m.what.Size:
		return &ambiguousError{fmt.Errorf("the server says that it is there now, and something else is: %w", sync.ErrChanged)}
	}
	r.features.Observe(m.promise(), true)
	return nil
}

// didNothing reports whether err says that the server accepted a change and did not make
// it.
func didNothing(err error) bool { return errors.Is(err, ftp.ErrDidNothing) }
