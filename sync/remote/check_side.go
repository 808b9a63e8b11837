package remote

import (
	"context"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// Check finds out what the server can do, in the directory that o names.
// See [Check].
func Check(ctx context.Context, o Options) (*ftp.Report, error) {
	report, err := ftp.Check(ctx, o.Options, ftp.CheckTarget{
		Root:     func(ctx context.Context, s *ftp.Session) (string, error) { return findRoot(ctx, s, o) },
		TempName: func(mark string, plain bool) string { return manifest.TempName(mark, "check", plain) },
	})
	return report, giveUp(err)
}
