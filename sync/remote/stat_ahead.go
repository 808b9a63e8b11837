package remote

import (
	"ferry/internal/ftp"
	"ferry/sync/remote/names"
)

// mostStatsAhead is for how many places questions go out with a listing. With more of them
// another round trip does not matter.
const mostStatsAhead = 64

// statsAhead are questions about places that go out with a listing of their directory: what
// the listing leaves out is found without another round trip. Only SIZE and CWD may be asked
// for a name that is there.
type statsAhead struct {
	batch         ftp.Batch
	places        []place
	size, entered []ftp.Reply
	known         map[int]bool // indices of places that are known to be missing, unless a listing shows them
}

// askAhead returns the questions. There are none where the server has no SIZE, and where each
// would cost a round trip.
func (srv *server) askAhead(s *ftp.Session, places []place) *statsAhead {
	a := &statsAhead{places: places, size: make([]ftp.Reply, len(places)), entered: make([]ftp.Reply, len(places))}
	f := s.Features()
	if !f.HasSIZE() || srv.opts.Pipeline == ftp.PipelineOff || f.BatchingStopped() || len(places) > mostStatsAhead {
		return a
	}
	for i, at := range places {
		if srv.holdsRoot(at) || names.CheckPath(at.String()) != nil {
			continue
		}
		a.batch.Expect("SIZE "+at.String(), &a.size[i])
		a.batch.Expect("CWD "+at.String(), &a.entered[i])
	}
	return a
}

// judge compares the replies with what the listings showed, which is in answers. A name that
// no listing shows, and that the server does not know either, is missing, if the server is
// known to tell the size of a file that is there. The others are asked for again.
func (a *statsAhead) judge(f *ftp.Features, answers []stat) {
	for i := range a.places {
		if answers[i].entry.IsFile() && ftp.TellsSize(a.size[i]) {
			f.Observe(ftp.SIZEWorks, true)
		}
	}
	a.known = make(map[int]bool)
	for i := range a.places {
		a.known[i] = f.Proven(ftp.SIZEWorks) && ftp.MeansAbsent(a.size[i]) && ftp.MeansAbsent(a.entered[i])
	}
}
