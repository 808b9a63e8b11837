package remote

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// sameInOtherCase implements [sync.Replica.SameInOtherCase].
func (srv *server) sameInOtherCase(ctx context.Context, names []sync.OtherCase) (same bool, err error) {
	err = srv.do(ctx, "asking for names in another case", func(ctx context.Context, s *ftp.Session) (err error) {
		same, err = srv.askOtherCase(ctx, s, names)
		return err
	})
	return same, err
}

// askOtherCase asks for each name in both spellings. The spelling that a listing shows
// must be there, or the answer about the other one says nothing.
func (srv *server) askOtherCase(ctx context.Context, s *ftp.Session, names []sync.OtherCase) (bool, error) {
	places := make([]place, 0, 2*len(names))
	for _, name := range names {
		at := srv.names.At(name.Path, name.Entry)
		if _, err := srv.opts.Charset.Encode(name.Other); err != nil {
			return false, fmt.Errorf("%w: %w", sync.ErrNoAnswer, err)
		}
		places = append(places, at, place{Dir: at.Dir, Name: name.Other})
	}
	ask := srv.stat
	if !s.Features().CanStat() {
		ask = srv.enterEach // a listing would show the one spelling only
	}
	seen, err := ask(ctx, s, places)
	if err != nil {
		return false, err
	}
	for i := range names {
		shown, other := seen[2*i], seen[2*i+1]
		switch {
		case shown.err != nil || !shown.entry.Exists():
			return false, fmt.Errorf("%w: %s: %v", sync.ErrNoAnswer, places[2*i], shown.err)
		case other.err != nil:
			return false, fmt.Errorf("%w: %s: %w", sync.ErrNoAnswer, places[2*i+1], other.err)
		case !other.entry.Exists():
			return false, nil
		}
	}
	return true, nil
}

// enterEach answers like stat on a server that cannot be asked for single names, but
// sees directories only.
func (srv *server) enterEach(ctx context.Context, s *ftp.Session, places []place) ([]stat, error) {
	seen, entered := make([]stat, len(places)), make([]ftp.Reply, len(places))
	var b ftp.Batch
	for i, at := range places {
		b.Expect("CWD "+at.String(), &entered[i])
	}
	srv.returnToRoot(&b)
	if err := b.Run(ctx, s); err != nil {
		return nil, err
	}
	for i, at := range places {
		switch r := entered[i]; {
		case r.OK():
			seen[i].entry.Kind = manifest.Dir
		case !ftp.MeansAbsent(r):
			seen[i].err = ftp.ReplyError("CWD", at.String(), r)
		}
	}
	return seen, nil
}
