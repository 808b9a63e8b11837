package check

import (
	"context"

	"ferry/internal/ftp/modez"
)

// checkModeZ finds out by trials in place of the temporary at, which is not needed any more, whether the
// server gives and takes files in MODE Z.
func (k *checker) checkModeZ(ctx context.Context, at string) error {
	if !k.features.OffersModeZ() {
		k.report.ModeZ = "not offered"
		return nil
	}
	k.report.ModeZ = "offered, and does not work"
	down, err := modez.TryDown(ctx, k.session, at)
	if err != nil {
		return err
	}
	if err := k.connect(ctx); err != nil { // the session is lost where it does not work
		return err
	}
	up := false
	if _, tls := k.session.TLS(); !tls { // over TLS nothing is sent in it
		up, err = modez.Try(ctx, k.session, at)
	}
	switch {
	case up && down:
		k.report.ModeZ = "works"
	case down:
		k.report.ModeZ = "works for downloads only"
	case up:
		k.report.ModeZ = "works for uploads only"
	}
	return err
}
