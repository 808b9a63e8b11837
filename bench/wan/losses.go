package wan

import "math/rand/v2"

// losses decides which packets of one direction are lost on their way. A lost packet has taken its time on the wire, as one
// that is damaged there.
type losses struct {
	share  float64
	random *rand.Rand
}

// newLosses returns the losses that belong to a seed and a direction.
func newLosses(share float64, seed, direction uint64) *losses {
	return &losses{share: share, random: rand.New(rand.NewPCG(seed, direction))}
}

// next reports whether the next packet is lost.
func (l *losses) next() bool { return l.share > 0 && l.random.Float64() < l.share }
