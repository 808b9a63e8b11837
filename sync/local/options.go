package local

import "log/slog"

// Options change how a directory is treated. The zero value works.
type Options struct {
	// FollowLinks reads symbolic links that stay inside the root as what they
	// point to; otherwise links are skipped and counted.
	FollowLinks bool
	// NoSync leaves out the fsync of files and directories before and after the
	// rename; for tests and benchmarks.
	NoSync bool
	// Log receives what is worth knowing. Nil: nothing is logged.
	Log *slog.Logger
}
