package list

import (
	"context"

	"ferry/internal/ftp"
)

// ListTargets lists dir by LIST, which shows what links lead to.
func (ls Lister) ListTargets(ctx context.Context, s *ftp.Session, dir string) (*Listing, error) {
	form := s.Features().ListForm()
	if form == ftp.FormMLSD {
		form = ftp.FormLISTAll
	}
	l, raw, err := ls.listAs(ctx, s, dir, form)
	if err == nil {
		err = raw.Check()
	}
	if form == ftp.FormLISTAll && (err != nil || len(l.Entries) == 0) && ctx.Err() == nil && !s.Dead() {
		if l, raw, err = ls.listAs(ctx, s, dir, ftp.FormLIST); err == nil {
			err = raw.Check()
		}
	}
	return l, err
}
