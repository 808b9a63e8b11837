package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/list"
	"ferry/sync/remote/names"
)

// goneAtOnce returns how many names gone asks for between two looks at the lock: fewer
// where each costs a round trip, in which another machine could make a whole pass.
func (srv *server) goneAtOnce() int {
	if srv.opts.Pipeline == ftp.PipelineOff || srv.features.BatchingStopped() {
		return 8
	}
	return 500
}

// gone implements [sync.Replica.Gone]. A name is gone when its directory can be
// entered and the server, asked for that name alone, does not know it: listings may
// leave names out. While another owner holds the lock, nothing is known to be gone: it may
// be replacing a file, whose name is free for a moment.
func (srv *server) gone(ctx context.Context, paths []manifest.Path, was []manifest.Entry) []error {
	places := make([]place, len(paths))
	for i, p := range paths {
		places[i] = srv.names.At(p, was[i])
	}
	answers := make([]error, 0, len(paths))
	for some := range slices.Chunk(places, srv.goneAtOnce()) {
		err := srv.do(ctx, "looking for what is missing", func(ctx context.Context, s *ftp.Session) error {
			q := srv.lock.Question()
			told, err := srv.missingWithin(ctx, s, some, q.Queue)
			if err == nil {
				q.Doubt(told)
				answers = append(answers, told...)
			}
			return err
		})
		if err != nil {
			return append(answers, slices.Repeat([]error{err}, len(paths)-len(answers))...)
		}
	}
	for i, p := range paths {
		if answers[i] == nil && srv.listed.IsMasking(p.Parent()) {
			answers[i] = errors.New("the server shows names in this directory that it does not know, and this may be one of them")
		}
		if answers[i] != nil {
			answers[i] = fmt.Errorf("looking for %s: %w", p, answers[i])
		}
	}
	return answers
}

var errNotAsked = errors.New("not asked")

// missing answers for each place with nil where nothing is there, an error wrapping
// [sync.ErrPresent] where something is, and another error where that cannot be told.
// Zero places are not asked for. The error is one of the session.
func (srv *server) missing(ctx context.Context, s *ftp.Session, places []place) (answers []error, err error) {
	return srv.missingWithin(ctx, s, places, func(*ftp.Batch) {})
}

// missingWithin is missing with other questions before and after.
func (srv *server) missingWithin(ctx context.Context, s *ftp.Session, places []place, ask func(*ftp.Batch)) (answers []error, err error) {
	answers = slices.Repeat([]error{errNotAsked}, len(places))
	byDir := make(map[string][]int)
	var dirs []string
	for i, at := range places {
		if at == (place{}) {
			continue
		}
		if err := names.CheckPath(at.String()); err != nil {
			answers[i] = err
			continue
		}
		if byDir[at.Dir] == nil {
			dirs = append(dirs, at.Dir)
		}
		byDir[at.Dir] = append(byDir[at.Dir], i)
	}
	f := s.Features()
	switch {
	case len(dirs) == 0:
		return answers, nil
	case !f.HasMLST() && !f.HasSIZE():
		return answers, srv.missingByListing(ctx, s, places, answers, ask, make(map[string]*list.Listing))
	}
	var b ftp.Batch
	ask(&b)
	entered, seen, sizes := make([]ftp.Reply, len(dirs)), make([]stat, len(places)), make([]ftp.Reply, len(places))
	for k, dir := range dirs {
		b.Expect("CWD "+place{Dir: dir}.Parent(), &entered[k])
		for _, i := range byDir[dir] {
			queueStat(&b, f, places[i].String(), &seen[i])
			if f.HasMLST() && f.HasSIZE() {
				b.Expect("SIZE "+places[i].String(), &sizes[i])
			}
		}
	}
	srv.queueWitness(&b, f, places)
	ask(&b)
	srv.returnToRoot(&b)
	if err := b.Run(ctx, s); err != nil {
		return nil, err
	}
	for k, dir := range dirs {
		outside := error(nil)
		if !entered[k].OK() {
			if outside, err = srv.noDirectory(ctx, s, place{Dir: dir}.Parent(), srv.names.Dir(manifest.Root)); err != nil {
				return nil, err
			}
		}
		for _, i := range byDir[dir] {
			switch size := sizes[i]; {
			case !entered[k].OK():
				answers[i] = outside
			case srv.listed.IsSpecial(places[i]), seen[i].entry.Exists(), size.Code == 213:
				answers[i] = present(seen[i])
			case seen[i].err == nil && size.Code >= 400 && !ftp.MeansAbsent(size) && !ftp.MeansUnknownCommand(size):
				answers[i] = ftp.ReplyError("SIZE", places[i].String(), size)
			default:
				answers[i] = seen[i].err
			}
		}
	}
	return answers, srv.settleMissing(ctx, s, places, answers, ask)
}

// settleMissing asks again about those places of which the answers do not settle anything:
// the server refuses to tell, or says that nothing is there, and was never seen to tell of
// a file, not even of the witness. What fails for every file proves no absence. Where the question is known to
// work, a refusal is an answer: it cannot be told.
func (srv *server) settleMissing(ctx context.Context, s *ftp.Session, places []place, answers []error, ask func(*ftp.Batch)) error {
	f := s.Features()
	command := f.StatQuirk()
	var open []int
	for i, at := range places {
		if (isRefusal(answers[i]) || answers[i] == nil) && at != (place{}) && !f.Trusts(command, at.String()) && !list.MayMask(at.Name) {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return nil
	}
	lists := make(map[string]*list.Listing)
	works, known, err := srv.tryStat(ctx, s, places[open[0]], lists)
	if err != nil {
		return err
	}
	again := make([]place, len(places))
	any := false
	for _, i := range open {
		if works || !known && answers[i] != nil {
			continue
		}
		again[i], answers[i], any = places[i], errNotAsked, true
	}
	if !any {
		return nil
	}
	return srv.missingByListing(ctx, s, again, answers, ask, lists)
}

// tryStat finds out whether the server tells of a file that is there when it is asked for
// it alone: one that the directory of at shows. It is not known where there is none. The
// listing goes into lists.
func (srv *server) tryStat(ctx context.Context, s *ftp.Session, at place, lists map[string]*list.Listing) (works, known bool, err error) {
	l, err := srv.lister.List(ctx, s, at.Parent())
	if err != nil {
		if s.Dead() || ctx.Err() != nil {
			return false, false, err
		}
		return false, false, nil
	}
	lists[at.Dir] = l
	f := s.Features()
	command := f.StatQuirk()
	spaced := ftp.HasSpace(at.String())
	for _, one := range l.Entries {
		witness := place{Dir: at.Dir, Name: one.Name}
		if !one.Entry.IsFile() || list.MayMask(one.Name) || names.CheckPath(witness.String()) != nil || ftp.HasSpace(witness.String()) != spaced {
			continue
		}
		var seen stat
		var b ftp.Batch
		queueStat(&b, f, witness.String(), &seen)
		srv.returnToRoot(&b)
		if err := b.Run(ctx, s); err != nil {
			return false, false, err
		}
		if seen.err != nil && !isRefusal(seen.err) {
			return false, false, nil
		}
		if works = seen.entry.IsFile(); !works && !spaced {
			f.Observe(command, false)
		}
		return works, true, nil
	}
	return false, false, nil
}

func present(seen stat) error { return fmt.Errorf("%w: %v", sync.ErrPresent, seen.entry.Kind) }

// missingByListing answers for a server that has neither MLST nor SIZE: all it can
// do is list once more, but for those that are in lists.
func (srv *server) missingByListing(ctx context.Context, s *ftp.Session, places []place, answers []error, ask func(*ftp.Batch), lists map[string]*list.Listing) error {
	var before, after ftp.Batch
	if ask(&before); before.Len() > 0 {
		if err := before.Run(ctx, s); err != nil {
			return err
		}
	}
	var asked []int
	var which []place
	for i, at := range places {
		if answers[i] == errNotAsked && at != (place{}) {
			asked, which = append(asked, i), append(which, at)
		}
	}
	seen := make([]stat, len(which))
	if err := srv.findInListings(ctx, s, which, seen, lists, ftp.Batch{}); err != nil {
		return err
	}
	for k, i := range asked {
		answers[i] = nil
		switch {
		case seen[k].err != nil:
			var err error
			if answers[i], err = srv.noDirectory(ctx, s, which[k].Parent(), srv.names.Dir(manifest.Root)); err != nil {
				return err
			}
		case seen[k].entry.Exists():
			answers[i] = present(seen[k])
		}
	}
	if ask(&after); after.Len() > 0 {
		if err := after.Run(ctx, s); err != nil {
			return err
		}
	}
	err := srv.findHidden(ctx, s, which, seen, nil) // last: it may give up the session
	for k, i := range asked {
		if errors.Is(seen[k].err, errHidden) {
			answers[i] = fmt.Errorf("%w: %w", sync.ErrPresent, errHidden)
		}
	}
	return err
}

// noDirectory finds out why dir, an absolute path, cannot be entered. The answer is
// nil where no directory is there, and an error where there is one or where it cannot
// be told. It does not ask for directories above stop. err is one of the session.
func (srv *server) noDirectory(ctx context.Context, s *ftp.Session, dir, stop string) (answer, err error) {
	if dir == stop || dir == "/" {
		return cannotEnter(dir, "the directory cannot be entered"), nil
	}
	at := names.Split(dir)
	hasMLST := s.Features().HasMLST()
	var entered ftp.Reply
	var b ftp.Batch
	b.Expect("CWD "+at.Parent(), &entered)
	seen := []stat{{}}
	if hasMLST {
		seen, err = srv.statAfter(ctx, s, &b, []place{at})
	} else {
		err = b.Run(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	if !entered.OK() {
		return srv.noDirectory(ctx, s, at.Parent(), stop)
	}
	if !s.Features().HasMLST() {
		err = srv.statByListing(ctx, s, []place{at}, seen)
	}
	switch kind := seen[0].entry.Kind; {
	case err != nil:
		return nil, err
	case seen[0].err != nil:
		return seen[0].err, nil
	case kind != manifest.None && kind != manifest.File:
		return cannotEnter(dir, "the directory is there and cannot be entered"), nil
	}
	return nil, nil
}

func cannotEnter(dir, why string) error {
	return &ftp.Error{Op: "CWD", Path: dir, Class: ftp.File, Err: errors.New(why)}
}

// absentDir reports whether nothing, or no directory, is provably at p. The error is
// one of the session.
func (srv *server) absentDir(ctx context.Context, p manifest.Path) (absent bool, err error) {
	err = srv.do(ctx, "looking for a directory", func(ctx context.Context, s *ftp.Session) error {
		dir := srv.names.Dir(p)
		entered, err := s.Command(ctx, "CWD "+dir)
		if err != nil || entered.OK() {
			return err
		}
		stop := srv.names.Dir(manifest.Root)
		if p == manifest.Root {
			stop = "/"
		}
		answer, err := srv.noDirectory(ctx, s, dir, stop)
		absent = err == nil && answer == nil
		return err
	})
	return absent, err
}

// statOrMissing is stat, and then missing for those places where nothing was seen.
func (srv *server) statOrMissing(ctx context.Context, s *ftp.Session, places []place) (seen []stat, missing []error, err error) {
	if seen, err = srv.stat(ctx, s, places); err != nil {
		return nil, nil, err
	}
	unseen := make([]place, len(places))
	for i, at := range places {
		if !seen[i].entry.Exists() {
			unseen[i] = at
		}
	}
	missing, err = srv.missing(ctx, s, unseen)
	return seen, missing, err
}
