package watch

import "time"

// A ladder is a series of pauses, each factor times the one before.
type ladder struct {
	first, most time.Duration
	factor      float64
}

// The pauses.
var (
	awayPauses    = ladder{time.Second, 5 * time.Minute, 2}      // after a connection that failed
	refusedPauses = ladder{time.Minute, 30 * time.Minute, 3}     // after a login that was refused: servers lock out who insists
	lookPauses    = ladder{30 * time.Second, 5 * time.Minute, 2} // between looks that hints ask for at a halted pair
	filePauses    = ladder{5 * time.Second, 30 * time.Minute, 2} // after a local path that failed
	dirPauses     = ladder{5 * time.Second, 5 * time.Minute, 2}  // after a directory of the server in which something failed
	fullPauses    = ladder{time.Minute, 30 * time.Minute, 2}     // after a full pass in which nobody knows what failed
	echoPauses    = ladder{time.Second, time.Minute, 2}          // of hints that lead to nothing, again and again
)

// after returns the pause after tries failures in a row, of which this is the
// last. jitter, from 0 to 1, moves it by a quarter either way, but not beyond the
// longest one.
func (l ladder) after(tries int, jitter float64) time.Duration {
	d := float64(l.first)
	for range min(tries-1, 64) {
		if d *= l.factor; d >= float64(l.most) {
			break
		}
	}
	return time.Duration(min(d*(0.75+jitter/2), float64(l.most)))
}
