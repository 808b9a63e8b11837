package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// Gone implements [sync.Replica]. A name is gone when its directory can be
// entered and the server knows nothing by that name, asked for it alone: some
// listings leave names out, and no question by name has been seen to.
func (d *Directory) Gone(ctx context.Context, paths []manifest.Path, was []manifest.Entry) []error {
	answers := make([]error, len(paths))
	places := make([]place, len(paths))
	for i, p := range paths {
		places[i] = d.names.at(p, was[i])
		answers[i] = errors.New("not asked")
	}
	const many = 500
	for start := 0; start < len(paths); start += many {
		end := min(start+many, len(paths))
		err := d.do(ctx, "looking for what is missing", func(ctx context.Context, s *ftp.Session) error {
			return d.missing(ctx, s, places[start:end], answers[start:end])
		})
		if err != nil {
			for i := start; i < len(paths); i++ {
				answers[i] = err
			}
			return answers
		}
	}
	for i, p := range paths {
		if answers[i] == nil && d.masks(p.Parent()) {
			answers[i] = errors.New("the server shows names in this directory that it does not know, so that it may be one of them")
		}
		if answers[i] != nil {
			answers[i] = fmt.Errorf("looking for %s: %w", p, answers[i])
		}
	}
	return answers
}

// missing fills answers with nil where nothing is at a place, an error wrapping
// [sync.ErrPresent] where something is, and other errors where that cannot be
// told. The error is one of the session.
func (d *Directory) missing(ctx context.Context, s *ftp.Session, places []place, answers []error) error {
	byDir := make(map[string][]int)
	var dirs []string
	for i, at := range places {
		if err := sendable(at.String()); err != nil {
			answers[i] = err
			continue
		}
		if byDir[at.dir] == nil {
			dirs = append(dirs, at.dir)
		}
		byDir[at.dir] = append(byDir[at.dir], i)
	}
	f := s.Features()
	if !ftp.HasMLST(f) && !f.Size {
		return d.missingInListing(ctx, s, places, answers)
	}
	var b ftp.Batch
	entered, seen := make([]ftp.Reply, len(dirs)), make([]looked, len(places))
	sizes := make([]ftp.Reply, len(places))
	for k, dir := range dirs {
		b.Expect("CWD "+place{dir: dir}.parent(), &entered[k])
		for _, i := range byDir[dir] {
			ask(&b, f, places[i].String(), &seen[i])
			if ftp.HasMLST(f) && f.Size {
				b.Expect("SIZE "+places[i].String(), &sizes[i])
			}
		}
	}
	b.Add("CWD "+d.names.dir(manifest.Root), nil)
	if err := b.Run(ctx, s); err != nil {
		return err
	}
	for k, dir := range dirs {
		outside := error(nil)
		if !entered[k].OK() {
			var err error
			if outside, err = d.noDirectory(ctx, s, place{dir: dir}.parent(), d.names.dir(manifest.Root)); err != nil {
				return err
			}
		}
		for _, i := range byDir[dir] {
			switch {
			case !entered[k].OK():
				answers[i] = outside
			case d.specials.has(places[i]), seen[i].entry.Exists(), sizes[i].Code == 213:
				answers[i] = fmt.Errorf("%w: %v", sync.ErrPresent, seen[i].entry.Kind)
			case seen[i].err == nil && sizes[i].Code >= 400 && !ftp.MeansAbsent(sizes[i]) && !ftp.MeansUnknownCommand(sizes[i]):
				answers[i] = ftp.ReplyError("SIZE", places[i].String(), sizes[i])
			default:
				answers[i] = seen[i].err
			}
		}
	}
	return nil
}

// missingInListing answers for a server that has neither MLST nor SIZE: its
// listings, asked again, are all there is.
func (d *Directory) missingInListing(ctx context.Context, s *ftp.Session, places []place, answers []error) error {
	seen := make([]looked, len(places))
	if err := d.lookByListing(ctx, s, places, seen); err != nil {
		return err
	}
	for i := range places {
		switch {
		case seen[i].err != nil:
			outside, err := d.noDirectory(ctx, s, places[i].parent(), d.names.dir(manifest.Root))
			if err != nil {
				return err
			}
			answers[i] = outside
		case seen[i].entry.Exists():
			answers[i] = fmt.Errorf("%w: %v", sync.ErrPresent, seen[i].entry.Kind)
		default:
			answers[i] = nil
		}
	}
	return nil
}

// noDirectory looks why dir, an absolute path, cannot be entered: nil means that
// no directory is there, an answer that there is one or that it cannot be told.
// Directories above stop are not asked for. The error is one of the session.
func (d *Directory) noDirectory(ctx context.Context, s *ftp.Session, dir, stop string) (answer, err error) {
	if dir == stop || dir == "/" {
		return &ftp.Error{Op: "CWD", Path: dir, Class: ftp.File, Err: errors.New("the directory cannot be entered")}, nil
	}
	at := split(dir)
	var entered ftp.Reply
	var b ftp.Batch
	b.Expect("CWD "+at.parent(), &entered)
	seen := []looked{{}}
	if ftp.HasMLST(s.Features()) {
		if seen, err = d.lookAfter(ctx, s, &b, []place{at}); err != nil {
			return nil, err
		}
	} else if err := b.Run(ctx, s); err != nil {
		return nil, err
	}
	if !entered.OK() {
		return d.noDirectory(ctx, s, at.parent(), stop)
	}
	if !ftp.HasMLST(s.Features()) {
		err = d.lookByListing(ctx, s, []place{at}, seen)
	}
	switch {
	case err != nil:
		return nil, err
	case seen[0].err != nil:
		return seen[0].err, nil
	case !slices.Contains([]manifest.Kind{manifest.None, manifest.File}, seen[0].entry.Kind):
		return &ftp.Error{Op: "CWD", Path: dir, Class: ftp.File, Err: errors.New("the directory is there and cannot be entered")}, nil
	}
	return nil, nil
}
