package remote

import (
	"slices"
	"strings"

	"ferry/internal/ftp"
	"ferry/sync/remote/list"
	"ferry/sync/remote/names"
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
		witness := srv.listed.witness(spaced)
		if witness == (place{}) || slices.Contains(places, witness) || !slices.ContainsFunc(places, doubtful) {
			continue
		}
		ftp.QueueProof(b, f, witness.String())
		if spaced {
			return // it stands for paths without a space as well
		}
	}
}

// noteWitnesses keeps the first files, by name, that the listing of dir shows.
func (m *listingMemory) noteWitnesses(dir string, l *list.Listing) {
	first, inSpaced := make(map[bool]place), ftp.HasSpace(dir)
	for _, one := range l.Entries {
		at, spaced := place{Dir: dir, Name: one.Name}, inSpaced || ftp.HasSpace(one.Name)
		if now := first[spaced]; one.Entry.IsFile() && (now == (place{}) || at.Name < now.Name) && isWitness(at) {
			first[spaced] = at
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.witnesses == nil {
		m.witnesses = make(map[bool]place)
	}
	for spaced, at := range first {
		m.witnesses[spaced] = at
	}
}

// witness returns the witness for paths with or without a space, the zero place where there
// is none.
func (m *listingMemory) witness(spaced bool) place {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.witnesses[spaced]
}

// isWitness reports whether the server must tell of the file at a place when it is asked for
// it alone. Servers may refuse names that begin with a dot.
func isWitness(at place) bool {
	return !strings.HasPrefix(at.Name, ".") && !mayMask(at.Name) && names.CheckPath(at.String()) == nil
}
