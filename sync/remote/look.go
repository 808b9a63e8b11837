package remote

import (
	"context"
	"errors"
	"fmt"
	"time"

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
func ask(b *script, f *features, abs string, into *looked) {
	into.err = errors.New("not answered")
	queueStat(b, f, abs, func(s Stat) { *into = lookedOf(s) })
}

// lookedOf is what a side makes of the server's answer.
func lookedOf(s Stat) looked { return looked{entry: entryOf(s.Entry), err: s.Err} }

// look asks what is at each place, in one batch where the server can answer,
// else by listing the directories. The error is one of the session; what cannot
// be told of a single place is in its answer.
func (d *Directory) look(ctx context.Context, s *session, places []place) ([]looked, error) {
	return d.lookAfter(ctx, s, new(script), places)
}

// lookAfter is look behind the commands in b, in the same batch.
func (d *Directory) lookAfter(ctx context.Context, s *session, b *script, places []place) ([]looked, error) {
	answers := make([]looked, len(places))
	if f := s.features(); !askable(f) {
		if err := b.run(ctx, s); err != nil {
			return answers, err
		}
		return answers, d.lookByListing(ctx, s, places, answers)
	}
	for i, at := range places {
		ask(b, s.features(), at.String(), &answers[i])
	}
	d.leave(b, s)
	asked := hasMLST(s.features())
	err := b.run(ctx, s)
	if err == nil && asked != hasMLST(s.features()) {
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
func (d *Directory) leave(b *script, s *session) {
	if !hasMLST(s.features()) {
		b.add("CWD "+d.names.dir(manifest.Root), nil)
	}
}

func (d *Directory) lookByListing(ctx context.Context, s *session, places []place, answers []looked) error {
	lists := make(map[string]*dirListing)
	for i, at := range places {
		l, ok := lists[at.dir]
		if !ok {
			var err error
			if l, err = d.list(ctx, s, at.parent()); err != nil {
				if ctx.Err() != nil || s.dead() {
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
func (d *Directory) list(ctx context.Context, s *session, dir string) (*dirListing, error) {
	f := s.features()
	raw, err := s.list(ctx, dir, f.listForm)
	if err != nil {
		return nil, err
	}
	l, err := parseListing(f.listForm, raw, time.Now())
	if f.dots && f.listForm == formLISTa && err == nil && !l.self {
		if raw, err = s.list(ctx, dir, formLISTal); err != nil {
			return nil, err
		}
		l, err = parseListing(formLISTal, raw, time.Now())
	}
	if err == nil && f.dots && !l.self {
		err = fmt.Errorf("%w: the directory itself is not in it, as it is elsewhere on this server", errIncomplete)
	}
	if err != nil {
		return nil, &Error{Op: "listing", Path: dir, Class: listClass(raw), Err: err}
	}
	return l, nil
}

// listClass tells a listing that broke off from one that cannot be read: the
// former is worth another attempt.
func listClass(raw rawListing) Class {
	if !raw.clean || raw.final.code/100 == 4 {
		return Retry
	}
	return File
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
