package read

import (
	"context"
	"errors"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A Server is what a [Reader] needs of the server that has the files. Its methods may be
// called from several goroutines.
type Server interface {
	// Borrow lends a session until Return. Its error is one of [pool.Pool.Borrow].
	Borrow(ctx context.Context) (*ftp.Session, error)
	Return(s *ftp.Session)

	// Path returns the absolute path of a file, or an error where no file can be read
	// by its name.
	Path(w sync.Wanted) (string, error)

	// Ask adds to b the questions what the files are now, for a session that can answer
	// them, see [ftp.Features.CanStat]. answers is called after b was carried out, and
	// returns one for each file.
	Ask(b *ftp.Batch, s *ftp.Session, files []Target) (answers func() []Answer)

	// Look asks what a file is now, on s, or on any session where s is nil. The error is
	// one of the session.
	Look(ctx context.Context, s *ftp.Session, f Target) (Answer, error)

	// Sum returns the hash of a file as the server tells it; see [sync.Replica.Sum].
	// TellsHash reports whether it can.
	Sum(ctx context.Context, w sync.Wanted) (string, error)
	TellsHash(f Target) bool
}

// A Target is a file to be read, and where it is.
type Target struct {
	sync.Wanted
	At string // absolute path on the server
}

// An Answer is what the server says of a file that was read.
type Answer struct {
	// Entry is what is known of the file now; zero with an error.
	Entry manifest.Entry
	// Err wraps [sync.ErrChanged] where the file is not what was wanted. Any other error
	// says that the server did not tell what the file is.
	Err error
}

// isKnown reports whether the server told what the file is.
func (a Answer) isKnown() bool { return a.Err == nil || errors.Is(a.Err, sync.ErrChanged) }
