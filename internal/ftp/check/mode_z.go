package check

import (
	"context"
	"time"

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
	begin := time.Now()
	up, err := modez.Try(ctx, k.session, at)
	slow := time.Since(begin) > slowTrial+10*k.report.RoundTrip
	switch {
	case up && down && slow:
		k.report.ModeZ = "works; the server takes uploads in it slowly"
	case up && down:
		k.report.ModeZ = "works"
	case down:
		k.report.ModeZ = "works for downloads only"
	case up:
		k.report.ModeZ = "works for uploads only"
	}
	return err
}

// slowTrial is how long a trial may take besides its round trips. Some servers wait after each piece.
const slowTrial = 300 * time.Millisecond
