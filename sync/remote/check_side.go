package remote

import (
	"context"

	"ferry/manifest"
)

// CheckServer finds out what the server can do, in the directory that o names.
// See [Check].
func CheckServer(ctx context.Context, o DirectoryOptions) (*Report, error) {
	report, err := Check(ctx, o.Options, CheckTarget{
		Root:     func(ctx context.Context, s *session) (string, error) { return findRoot(ctx, s, o) },
		TempName: func(mark string, plain bool) string { return manifest.TempName(mark, "check", plain) },
	})
	return report, giveUp(err)
}
