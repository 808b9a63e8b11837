package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A renaming gives one name another, by RNFR and RNTO.
type renaming struct {
	from, to place
	what     manifest.Entry // what stands at from, as far as it is known
	over     bool           // a file is at to, and is to be replaced
	replies  ftp.Renaming
}

// err says why the server refused, nil where it did not.
func (m *renaming) err() error { return m.replies.Err(m.from.String(), m.to.String()) }

// isRefused reports whether the server took RNFR and refused RNTO for good.
func (m *renaming) isRefused() bool {
	return m.replies.From.Code == 350 && !m.replies.Done() && !m.replies.Unsettled()
}

// wasAnswered reports whether the server took RNFR and refused RNTO, for good or for now.
func (m *renaming) wasAnswered() bool {
	return m.replies.From.Code == 350 && !m.replies.Done() && m.err() != nil
}

// A renamer renames what is on the server.
type renamer struct{ *server }

// run carries out renamings after the commands in b. The replies of a renaming that
// was not sent, or not answered, stay zero.
//
// In a batch RNTO goes out before it is known whether its RNFR was accepted. That is
// safe where a refused RNFR leaves nothing for RNTO to rename. Some servers keep the
// RNFR of a refused RNTO, and would give that file the name of another one. Such a
// server, and one of which it is not known, gets one renaming at a time, and no more
// on a session on which one was refused.
func (r *renamer) run(ctx context.Context, s *ftp.Session, b *ftp.Batch, all []*renaming) error {
	send := s.RenameAll
	if len(all) > 1 {
		forgets, err := r.forgetsRNFR(ctx, s, len(all))
		if err != nil {
			return err
		}
		if !forgets {
			send = s.RenameEach
		}
	}
	from, to, replies := make([]string, len(all)), make([]string, len(all)), make([]ftp.Renaming, len(all))
	for i, m := range all {
		from[i], to[i] = m.from.String(), m.to.String()
	}
	err := send(ctx, b, from, to, replies)
	for i, m := range all {
		m.replies = replies[i]
	}
	return err
}

// runAndLook is run, and tells what is at each new place afterwards.
func (r *renamer) runAndLook(ctx context.Context, s *ftp.Session, b *ftp.Batch, all []*renaming) ([]stat, error) {
	places := make([]place, len(all))
	for i, m := range all {
		places[i] = m.to
	}
	if forgets, err := r.forgetsRNFR(ctx, s, len(all)); err != nil {
		return nil, err
	} else if len(all) > 1 && !forgets {
		if err := r.run(ctx, s, b, all); err != nil || s.Dead() {
			return nil, err
		}
		return r.stat(ctx, s, places)
	}
	for _, m := range all {
		m.replies.Queue(b, m.from.String(), m.to.String())
	}
	seen, err := r.statAfter(ctx, s, b, places)
	for _, m := range all {
		s.AfterRenaming(m.replies)
	}
	return seen, err
}

// runOnce carries out renamings on any session, once.
func (r *renamer) runOnce(ctx context.Context, all ...*renaming) error {
	for _, m := range all {
		m.replies = ftp.Renaming{}
	}
	return r.once(ctx, func(ctx context.Context, s *ftp.Session) error {
		return r.run(ctx, s, new(ftp.Batch), all)
	})
}

// happened finds out by looking whether m was carried out. was is what stood at from
// before. An error wraps [ambiguousError].
func (r *renamer) happened(ctx context.Context, m *renaming, was manifest.Entry) (bool, error) {
	from, to, err := r.statBoth(ctx, m)
	switch {
	case err != nil:
		return false, &ambiguousError{err}
	case !from.Exists() && to.Exists():
		return true, nil
	case unchanged("", was, from) == nil && !to.Exists():
		return false, nil
	}
	return false, &ambiguousError{fmt.Errorf("%s: %w", m.from, sync.ErrChanged)}
}

// statBoth returns what is at both places of m.
func (r *renamer) statBoth(ctx context.Context, m *renaming) (from, to manifest.Entry, err error) {
	seen, err := r.statPlaces(ctx, "looking after a lost reply", m.from, m.to)
	if err == nil {
		err = errors.Join(seen[0].err, seen[1].err)
	}
	if err != nil {
		return manifest.Entry{}, manifest.Entry{}, err
	}
	return seen[0].entry, seen[1].entry, nil
}
