package remote

import (
	"context"
	"errors"

	"ferry/internal/ftp"
)

// settleStats lists the directories of those places of which the server does not tell anything
// when it is asked for the name alone: it refuses to answer, or it says that nothing is
// there and has never told of a file before, not even of the witness. Some servers refuse
// such a question for every file, although FEAT promises the answer. The error is one of the
// session.
func (srv *server) settleStats(ctx context.Context, s *ftp.Session, places []place, answers []stat) error {
	f := s.Features()
	command := f.StatQuirk()
	proven := f.Proven(command)
	var open []int
	var which []place
	for i, told := range answers {
		doubtful := !proven || srv.listed.ShowsSpaced(places[i]) && !f.Trusts(command, places[i].String())
		absent := told.err == nil && !told.entry.Exists()
		if isRefusal(told.err) || absent && doubtful && !srv.holdsRoot(places[i]) {
			open, which = append(open, i), append(which, places[i])
		}
	}
	shown := make([]stat, len(which))
	if err := srv.statByListing(ctx, s, which, shown); err != nil {
		return err
	}
	for k, i := range open {
		isFile := shown[k].err == nil && shown[k].entry.IsFile()
		if isFile && ftp.HasSpace(which[k].String()) {
			if learned, err := s.TrySpaces(ctx, which[k].String()); err != nil {
				return err
			} else if learned {
				return srv.askAgain(ctx, s, places, answers)
			}
		}
		answers[i] = shown[k]
		if isFile && !proven {
			f.Observe(command, false)
		}
	}
	return nil
}

// askAgain is stat once the server is known to take paths with a space in another form.
func (srv *server) askAgain(ctx context.Context, s *ftp.Session, places []place, answers []stat) error {
	again, err := srv.stat(ctx, s, places)
	copy(answers, again)
	return err
}

// isRefusal reports whether err is a permanent negative reply.
func isRefusal(err error) bool {
	var e *ftp.Error
	return errors.As(err, &e) && e.Code/100 == 5
}
