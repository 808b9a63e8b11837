package remote

import (
	"context"
	"errors"

	"ferry/internal/ftp"
)

// errHidden says that the server knows a name that its listing leaves out.
var errHidden = errors.New("the listing of its directory does not show it, but the server knows it")

// findHidden asks for those places that a listing does not show whether the server would
// rename what is there, and how large it is: nothing else tells whether the listing lacks
// lines, on a server that answers no question about a single name. Where it knows the name,
// the answer becomes errHidden. Only a positive reply says anything.
func (srv *server) findHidden(ctx context.Context, s *ftp.Session, places []place, answers []stat) error {
	renames, sizes := make([]ftp.Reply, len(places)), make([]ftp.Reply, len(places))
	var b ftp.Batch
	for i, at := range places {
		if answers[i].err != nil || answers[i].entry.Exists() || ftp.CheckLine(at.String()) != nil {
			continue
		}
		b.Expect("RNFR "+at.String(), &renames[i])
		if s.Features().HasSIZE() {
			b.Expect("SIZE "+at.String(), &sizes[i])
		}
	}
	if b.Len() == 0 {
		return nil
	}
	if err := b.Run(ctx, s); err != nil {
		return err
	}
	for i := range places {
		if renames[i].Code == 350 {
			s.GiveUp() // the next RNTO must not rename this file
		}
		if renames[i].Code == 350 || sizes[i].Code == 213 {
			answers[i].err = errHidden
		}
	}
	return nil
}
