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

// A looked is what the server says of one name when asked for it.
type looked struct {
	entry manifest.Entry // zero: nothing is there
	err   error          // it cannot be told what is there
}

// ask adds to b the questions what is at abs; into is filled as they are
// answered. See [queueStat].
func ask(b *ftp.Batch, f *ftp.Features, abs string, into *looked) {
	into.err = errors.New("not answered")
	ftp.QueueStat(b, f, abs, func(s ftp.Stat) { *into = lookedOf(s) })
}

// lookedOf is what a side makes of the server's answer.
func lookedOf(s ftp.Stat) looked { return looked{entry: entryOf(s.Entry), err: s.Err} }

// look asks what is at each place, in one batch where the server can answer,
// else by listing the directories. The error is one of the session; what cannot
// be told of a single place is in its answer.
func (d *Directory) look(ctx context.Context, s *ftp.Session, places []place) ([]looked, error) {
	return d.lookAfter(ctx, s, new(ftp.Batch), places)
}

// lookAfter is look behind the commands in b, in the same batch.
func (d *Directory) lookAfter(ctx context.Context, s *ftp.Session, b *ftp.Batch, places []place) ([]looked, error) {
	answers := make([]looked, len(places))
	if f := s.Features(); !ftp.CanStat(f) {
		if err := b.Run(ctx, s); err != nil {
			return answers, err
		}
		return answers, d.lookByListing(ctx, s, places, answers)
	}
	for i, at := range places {
		ask(b, s.Features(), at.String(), &answers[i])
	}
	d.leave(b, s)
	asked := ftp.HasMLST(s.Features())
	err := b.Run(ctx, s)
	if err == nil && asked != ftp.HasMLST(s.Features()) {
		return d.look(ctx, s, places)
	}
	for i, at := range places {
		if d.specials.has(at) {
			answers[i] = looked{entry: manifest.Entry{Kind: manifest.Other}}
		}
	}
	return answers, err
}

// leave ends a batch that may have changed the working directory: a directory
// that a session stands in is a trap for the one that removes it.
func (d *Directory) leave(b *ftp.Batch, s *ftp.Session) {
	if !ftp.HasMLST(s.Features()) {
		b.Add("CWD "+d.names.dir(manifest.Root), nil)
	}
}

func (d *Directory) lookByListing(ctx context.Context, s *ftp.Session, places []place, answers []looked) error {
	lists := make(map[string]*dirListing)
	for i, at := range places {
		l, ok := lists[at.dir]
		if !ok {
			var err error
			if l, err = d.list(ctx, s, at.parent()); err != nil {
				if ctx.Err() != nil || s.Dead() {
					return err
				}
				answers[i].err = err
				continue
			}
			lists[at.dir] = l
		}
		answers[i].entry = l.find(at.name)
	}
	return nil
}

// list lists dir in the way that is best with this server, strictly.
func (d *Directory) list(ctx context.Context, s *ftp.Session, dir string) (*dirListing, error) {
	f := s.Features()
	raw, err := s.List(ctx, dir, f.ListForm)
	if err != nil {
		return nil, err
	}
	l, err := parseListing(f.ListForm, raw, time.Now())
	if f.ShowsSelf && f.ListForm == ftp.FormLISTAll && err == nil && !l.self {
		if raw, err = s.List(ctx, dir, ftp.FormLISTAllLong); err != nil {
			return nil, err
		}
		l, err = parseListing(ftp.FormLISTAllLong, raw, time.Now())
	}
	if err == nil && f.ShowsSelf && !l.self {
		err = fmt.Errorf("%w: the directory itself is not in it, as it is elsewhere on this server", ftp.ErrIncomplete)
	}
	if err != nil {
		return nil, &ftp.Error{Op: "listing", Path: dir, Class: listClass(raw), Err: err}
	}
	return l, nil
}

// listClass tells a listing that broke off from one that cannot be read: the
// former is worth another attempt.
func listClass(raw ftp.RawListing) ftp.Class {
	if !raw.Clean || raw.Final.Code/100 == 4 {
		return ftp.Retry
	}
	return ftp.File
}

// same returns an error that wraps [sync.ErrChanged] where now is not what was.
// Of directories only the kind counts.
func same(p manifest.Path, was, now manifest.Entry) error {
	switch {
	case !manifest.Unchanged(was, now):
	case was.IsFile() && was.ID != 0 && now.ID != 0 && was.ID != now.ID:
	default:
		return nil
	}
	if was.Kind != now.Kind {
		return fmt.Errorf("%q: a %v is there and not a %v: %w", p, now.Kind, was.Kind, sync.ErrChanged)
	}
	return fmt.Errorf("%q: %w", p, sync.ErrChanged)
}
