package remote

import (
	"context"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
	"ferry/internal/ftp/pool/shared"
	"ferry/internal/ftp/third"
	"ferry/manifest"
	"ferry/sync/remote/names"
)

// Options say which directory of which server is a side, and how to reach it. Apart
// from Host, every field has a usable zero value.
type Options struct {
	ftp.Options
	// Servers have the pools that all pairs of the process share; nil: the side has a pool
	// of its own.
	Servers *shared.Servers

	// Path is the path of the root, relative to the login directory. With Absolute
	// set it starts at the server's root.
	Path     string
	Absolute bool

	// Owner stands for one memory of one pair: it is in the names of temporaries, and
	// with Boot in the lock on the server. If it is empty, no lock is taken. Nobody else
	// can guess it.
	Owner string
	// Boot stands for the machine since it was started, so that a copy of the state
	// directory on another machine is not taken for this owner.
	Boot string
	// Machine names the owner for people; "": a short form of Owner does.
	Machine string
	// Permissions shows the permission bits of files, where listings have them, and sets
	// them where the server can.
	Permissions bool
	// Temps remembers where temporaries may be left; nil: nobody does.
	Temps *manifest.TempJournal
	// TrashName returns the name of the directory below .ferry to put old versions in,
	// see [sync.IsTrashName]. It is called when the first one goes there. If it is nil,
	// the name is "trash".
	TrashName func() (string, error)
	// Link is over which files may go directly to another server, to which all files that are
	// read here go; nil: they go elsewhere.
	Link *third.Link
	// WaitLock waits for a lock that somebody else holds and keeps alive.
	WaitLock bool
	// WaitLockUntil is when waiting ends; the zero time: never.
	WaitLockUntil time.Time
}

// findRoot returns the absolute path of the root, without a slash at the end.
func findRoot(ctx context.Context, s *ftp.Session, o Options) (string, error) {
	login := ""
	if !o.Absolute {
		var err error
		if login, err = s.WorkingDirectory(ctx); err != nil {
			return "", err
		}
	}
	return names.JoinRoot(login, o.Path)
}

// lender returns what lends the sessions of the server.
func (o Options) lender() (pool.Lender, error) {
	if o.Servers == nil {
		return pool.New(o.Options), nil
	}
	return o.Servers.Open(o.Options)
}
