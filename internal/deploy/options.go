package deploy

import (
	"context"
	"io"
	"log/slog"
	"time"

	"ferry/manifest"
)

// A Source is the local directory.
type Source interface {
	// Files returns what is to be deployed, sorted by path.
	Files(ctx context.Context) ([]LocalFile, error)
	// Open opens the content of a file at an offset.
	Open(p manifest.Path, offset int64) (io.ReadCloser, error)
}

// Options say what is deployed, and how. Server, Source, Policy and Now are needed.
type Options struct {
	Server Server
	Source Source
	Policy Policy
	// Links returns the local paths that are neither files nor directories, once Source has
	// returned its files. Nothing is known of what they stand for. It may be nil.
	Links func() []manifest.Path
	// Key encrypts the state; nil: it is not encrypted.
	Key []byte

	Revision string // of the source; may be empty
	Sequence int64  // of the run; 0: not known
	From     string // names the source: a repository, or host and path; may be empty
	By       string // this program and its version

	// Force deploys although a newer release is live, releases are held, or the site is
	// that of another source.
	Force  bool
	DryRun bool
	// Maintenance stands in the site while the release goes live.
	Maintenance Maintenance
	// Directory says that the release is made whole beside the site and takes its place by
	// renames. Server must be a [SlotServer] then.
	Directory bool
	// Pointer says that the release is made whole in a directory of the site, which a file of the
	// site shows to visitors from then on; nil: it is not. Server must be a [SlotServer] then.
	Pointer *Pointer
	// Shared are paths that move from release to release, where Directory is set, and stay where
	// they are with Pointer.
	Shared []manifest.Path
	// CutLines says that a server may carry out a line that was cut off, as without TLS.
	CutLines bool
	// Allow is called once the plan is made, before anything is sent. An error stops the
	// deploy. It may be nil.
	Allow func(ctx context.Context, p *Plan) error
	// Staged is called when all files are on the server and none is visible. An error
	// stops the deploy before anything changes. It may be nil.
	Staged func(ctx context.Context, p *Plan) error

	Observer func(Event) // one event at a time; may be nil
	Now      func() time.Time
	Log      *slog.Logger // nil: nothing is logged
}

// asAWhole reports whether a release takes the place of another one as a whole.
func (o *Options) asAWhole() bool { return o.Directory || o.Pointer != nil }
