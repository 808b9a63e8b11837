package local

import (
	"log/slog"

	"ferry/manifest"
)

// Options change how a directory is read and written. The zero value works.
type Options struct {
	// FollowLinks treats a symbolic link that stays inside the root as what it
	// points to. Otherwise links are listed as special files.
	FollowLinks bool
	// Permissions shows the permission bits of files and sets them. On Windows there are none.
	Permissions bool
	// Reserved reports whether a path is kept from travelling under any name, so that
	// no link to it is followed. It may be nil.
	Reserved func(manifest.Path) bool
	// NoSync skips the fsync of files and directories. It is for tests and
	// benchmarks: after a power failure, files may be incomplete or missing.
	NoSync bool
	// Owner says in the names of temporary files whose they are, so that they are found
	// and removed after a run that was killed.
	Owner string
	// Temps remembers where those are; nil: nobody does.
	Temps *manifest.TempJournal
	// Log receives warnings that are no errors. If it is nil nothing is logged.
	Log *slog.Logger
}
