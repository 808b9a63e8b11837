package remote

import (
	"slices"

	"ferry/internal/ftp"
)

// That a server knows nothing of a name means something only if it tells of files that are
// there. The first question whose answer depends on that takes along a question about a
// witness: a file that a listing has just shown. This costs no round trip. Where the server
// tells nothing of the witness either, that file may have vanished meanwhile, so it proves
// nothing, and a new listing decides.

// queueWitness adds a question about a witness to b, unless the server is known to tell of
// files like those at places. Paths with a space need a witness with a space.
func (srv *server) queueWitness(b *ftp.Batch, f *ftp.Features, places []place) {
	command := f.StatQuirk()
	for _, spaced := range []bool{true, false} {
		doubtful := func(at place) bool {
			return at != (place{}) && ftp.HasSpace(at.String()) == spaced && !f.Trusts(command, at.String()) && !srv.holdsRoot(at)
		}
		witness := srv.listed.Witness(spaced)
		if witness == (place{}) || slices.Contains(places, witness) || !slices.ContainsFunc(places, doubtful) {
			continue
		}
		ftp.QueueProof(b, f, witness.String())
		if spaced {
			return // it stands for paths without a space as well
		}
	}
}
