package read

import "time"

// Limits of reading one file over several connections.
const (
	longRoundTrip = 20 * time.Millisecond  // below, one connection fills the line
	minWindow     = 500 * time.Millisecond // shortest time over which a rate is measured
	windowTrips   = 5                      // round trips in it; a young connection doubles its rate in each
	mostSegments  = 8                      // connections for one file that auto opens
	steady        = 1.25                   // a rate that changed by less in a window has levelled off
	mostUnsteady  = 8                      // windows that a rate may take for that
	firstGrowth   = 4                      // connections after the first one; then twice as many
	worthwhile    = 1.3                    // they must bring that much more
	longRest      = 10 * time.Second       // a file that will have come sooner stays on its connections
	leastPart     = 1 << 20                // bytes of a segment
	longPart      = 4 * time.Second        // what comes sooner is not worth logging in again
	mostVain      = 4                      // windows in which they may fail to bring it
)

// A pace decides over how many connections a file is read. It has no clock: it is told what
// came in one window of time after another.
type pace struct {
	setting   int           // the user's: 0: as many as it takes; 1: no more than one
	limit     int64         // the user's, in bytes a second; 0: none
	roundTrip time.Duration // to the server and back

	want     int     // connections that the file should have
	before   float64 // bytes a second with fewer
	last     float64 // in the window before; 0: there is none with these connections
	unsteady int     // windows since they all run in which the rate changed
	vain     int     // windows since they all run that brought too little
	settled  bool    // more connections bring nothing
}

// window is the time over which a rate is to be measured.
func (p *pace) window() time.Duration { return max(minWindow, windowTrips*p.roundTrip) }

// next returns how many connections the file should have, after a window with that rate, in
// bytes a second, over that many connections. left is how many bytes are still to come.
func (p *pace) next(rate float64, running int, left int64) int {
	if p.setting > 0 {
		return p.setting
	}
	p.want = max(p.want, 1)
	if p.settled || p.roundTrip < longRoundTrip || running < p.want {
		return p.want
	}
	last := p.last
	p.last = rate
	if last == 0 {
		return p.want
	}
	// A young connection gets faster until it loses a packet, and then has to recover.
	if p.unsteady < mostUnsteady && (rate > last*steady || rate < last/steady) {
		p.unsteady++
		return p.want
	}
	level := (last + rate) / 2
	switch {
	case p.limit > 0 && level > 0.8*float64(p.limit), p.want >= mostSegments:
		p.settled = true
	case level < p.before*worthwhile:
		p.vain++
		p.settled = p.vain >= mostVain
	case float64(left) > level*longRest.Seconds():
		p.before, p.last, p.unsteady, p.vain, p.want = min(last, rate), 0, 0, 0, min(max(firstGrowth, 2*p.want), mostSegments)
	}
	return p.want
}

// minPart is the fewest bytes that are worth a connection of their own, at a rate in bytes a
// second over that many connections: logging in takes several round trips.
func (p *pace) minPart(rate float64, running int) int64 {
	if p.setting > 0 {
		return leastPart
	}
	return max(leastPart, int64(rate/float64(max(running, 1))*longPart.Seconds()))
}
