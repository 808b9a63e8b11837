package blind

import (
	"context"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A Server is what a [Directory] needs of the server. Its methods may be called from
// several goroutines.
type Server interface {
	// Do lends a session to f, as [pool.Pool.Do] does. Where the server is lost, its error
	// wraps [sync.ErrFatal].
	Do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error

	// Where names the root for people, and Root is its absolute path.
	Where() string
	Root() string

	// Place returns the absolute path at which a step finds its file or directory, or
	// makes it. The error says why it cannot have that name.
	Place(step sync.Step) (string, error)
	// Spell says how the server spells the last component of p.
	Spell(p manifest.Path, name string)

	// RemovesTrees reports whether RMD removes a directory that holds something. Where
	// KnowsRMD is false that is tried in a directory of ferry's own.
	RemovesTrees(ctx context.Context) (bool, error)
	KnowsRMD() bool

	// Notice tells the user something.
	Notice(text string)
}
