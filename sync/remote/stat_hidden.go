package remote

import (
	"context"
	"errors"

	"ferry/internal/ftp"
)

// errHidden says that the server knows a name that its listing leaves out.
var errHidden = errors.New("the listing of its directory does not show it, but the server knows it")

// findHidden asks for those places that a listing does not show whether the server would
// rename what is there, how large it is, and whether it is a directory: nothing else tells
// whether the listing lacks lines, on a server that answers no question about a single name.
// Where it knows the name, the answer becomes errHidden. Only a positive reply says anything,
// and RNFR says nothing where the server takes it for a name that nothing can have. The root
// is not asked for; see [server.holdsRoot].
//
// Those whose indices are in known were asked for with the listing; see [server.askAhead].
//
// The session is given up where an RNFR was taken: the next RNTO must not rename that file.
func (srv *server) findHidden(ctx context.Context, s *ftp.Session, places []place, answers []stat, known map[int]bool) error {
	var nothing ftp.Reply
	renames, sizes, entered := make([]ftp.Reply, len(places)), make([]ftp.Reply, len(places)), make([]ftp.Reply, len(places))
	var b ftp.Batch
	b.Expect("RNFR "+srv.own(probeName()), &nothing)
	for i, at := range places {
		if known[i] || answers[i].err != nil || answers[i].entry.Exists() || srv.holdsRoot(at) || ftp.CheckLine(at.String()) != nil {
			continue
		}
		if s.Features().HasSIZE() {
			b.Expect("SIZE "+at.String(), &sizes[i])
		}
		b.Expect("CWD "+at.String(), &entered[i])
		b.Expect("RNFR "+at.String(), &renames[i])
	}
	if b.Len() == 1 {
		return nil
	}
	srv.returnToRoot(&b)
	err := b.Run(ctx, s)
	if nothing.Code == 350 {
		s.GiveUp()
	}
	for i := range places {
		taken := renames[i].Code == 350
		if taken {
			s.GiveUp()
		}
		if taken && nothing.Refused() || sizes[i].Code == 213 || entered[i].OK() {
			answers[i].err = errHidden
		}
	}
	return err
}
