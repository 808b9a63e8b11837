package remote

import (
	"context"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// opposes asks for places that a listing does not show, on a server where nothing but
// listings tells what is there. A listing may be cut in a way that nobody can see, so a name
// that RNFR or CWD takes is there all the same. A refusal proves nothing here.
//
// An RNFR that was taken stays pending until the session ends. So the session is given up
// after one: no RNTO may follow on it.
func (srv *server) opposes(ctx context.Context, s *ftp.Session, places []place) (there []bool, err error) {
	there = make([]bool, len(places))
	if len(places) == 0 {
		return there, nil
	}
	var nothing ftp.Reply // some servers take RNFR for names that are not there
	from, entered := make([]ftp.Reply, len(places)), make([]ftp.Reply, len(places))
	var b ftp.Batch
	b.Expect("RNFR "+srv.own(probeName()), &nothing)
	for i, at := range places {
		b.Expect("CWD "+at.String(), &entered[i])
		b.Expect("RNFR "+at.String(), &from[i])
	}
	b.Add("CWD "+srv.names.dir(manifest.Root), nil)
	err = b.Run(ctx, s)
	pending := nothing.Code == 350
	for i := range places {
		pending = pending || from[i].Code == 350
		there[i] = entered[i].OK() || from[i].Code == 350 && nothing.Refused()
	}
	if pending {
		s.GiveUp()
	}
	return there, err
}
