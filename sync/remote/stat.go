package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/list"
)

// A stat is what the server says of one name when it is asked for it.
type stat struct {
	entry manifest.Entry // zero: nothing is there
	mode  uint16         // as in [listing.Entry]
	err   error          // it cannot be told what is there
}

// queueStat adds to b the questions what is at abs; see [ftp.QueueStat]. The
// answer goes into the stat.
func queueStat(b *ftp.Batch, f *ftp.Features, abs string, into *stat) {
	into.err = errors.New("not answered")
	ftp.QueueStat(b, f, abs, func(s ftp.Stat) { *into = statOf(s) })
}

func statOf(s ftp.Stat) stat {
	return stat{entry: list.EntryOf(s.Entry), mode: s.Entry.Mode, err: s.Err}
}

// stat asks what is at each place: in one batch where the server can answer, else
// by listing the directories. The error is one of the session; what cannot be told
// of a single place is in its answer.
func (srv *server) stat(ctx context.Context, s *ftp.Session, places []place) ([]stat, error) {
	return srv.statAfter(ctx, s, new(ftp.Batch), places)
}

// statAfter is stat after the commands in b, in the same batch.
func (srv *server) statAfter(ctx context.Context, s *ftp.Session, b *ftp.Batch, places []place) ([]stat, error) {
	answers := make([]stat, len(places))
	f := s.Features()
	if !f.CanStat() {
		if err := b.Run(ctx, s); err != nil {
			return answers, err
		}
		return answers, srv.statByListing(ctx, s, places, answers)
	}
	for i, at := range places {
		queueStat(b, f, at.String(), &answers[i])
	}
	srv.queueWitness(b, f, places)
	srv.returnAfterStat(b, s)
	hadMLST, couldStat := f.HasMLST(), f.CanStat()
	err := b.Run(ctx, s)
	if err == nil && (hadMLST != f.HasMLST() || couldStat != f.CanStat()) {
		return srv.stat(ctx, s, places)
	}
	if err == nil {
		err = srv.settleStats(ctx, s, places, answers)
	}
	for i, at := range places {
		if srv.listed.IsSpecial(at) {
			answers[i] = stat{entry: manifest.Entry{Kind: manifest.Other}}
		}
	}
	return answers, err
}

// statByListing lists the directories of places. Of a name that a listing does not show,
// and that is there all the same, it cannot be told what it is.
func (srv *server) statByListing(ctx context.Context, s *ftp.Session, places []place, answers []stat) error {
	ahead := srv.askAhead(s, places)
	if err := srv.findInListings(ctx, s, places, answers, make(map[string]*list.Listing), ahead.batch); err != nil {
		return err
	}
	ahead.judge(s.Features(), answers)
	return srv.findHidden(ctx, s, places, answers, ahead.known)
}

// findInListings is statByListing that believes what the listings show. lists holds those
// that have just come, by directory. ahead is sent with the first listing.
func (srv *server) findInListings(ctx context.Context, s *ftp.Session, places []place, answers []stat, lists map[string]*list.Listing, ahead ftp.Batch) error {
	for i, at := range places {
		l, ok := lists[at.Dir]
		if !ok {
			var err error
			l, err = srv.lister.ListAfter(ctx, s, ahead, at.Parent(), func() bool { return asksForDots(places, at.Dir) })
			ahead = ftp.Batch{}
			if err != nil {
				if ctx.Err() != nil || s.Dead() {
					return err
				}
				answers[i].err = err
				continue
			}
			lists[at.Dir] = l
		}
		answers[i].entry = l.Find(at.Name)
	}
	return nil
}

// statPlaces is stat on any session.
func (srv *server) statPlaces(ctx context.Context, op string, places ...place) (answers []stat, err error) {
	err = srv.do(ctx, op, func(ctx context.Context, s *ftp.Session) (err error) {
		answers, err = srv.stat(ctx, s, places)
		return err
	})
	return answers, err
}

// unchanged returns an error that wraps [sync.ErrChanged] where now is not what
// was. Of directories only the kind counts.
func unchanged(p manifest.Path, was, now manifest.Entry) error {
	if manifest.Unchanged(was, now) && (!was.IsFile() || was.ID == 0 || now.ID == 0 || was.ID == now.ID) {
		return nil
	}
	switch {
	case was.Kind == now.Kind:
	case !now.Exists():
		return fmt.Errorf("%q: the %v is not there: %w", p, was.Kind, sync.ErrChanged)
	case !was.Exists():
		return fmt.Errorf("%q: a %v is there now: %w", p, now.Kind, sync.ErrChanged)
	default:
		return fmt.Errorf("%q: a %v is there and not a %v: %w", p, now.Kind, was.Kind, sync.ErrChanged)
	}
	return fmt.Errorf("%q: %w", p, sync.ErrChanged)
}
