package sync_test

import (
	"crypto/sha256"
	"math/rand/v2"
)

// A random gives numbers from a seed, so that a failing history can be repeated.
type random struct{ rng *rand.Rand }

func newRandom(seed uint64) *random { return &random{rand.New(rand.NewPCG(seed, 1))} }

// below returns a number from 0 to most-1.
func (r *random) below(most int) int { return r.rng.IntN(most) }

// chance is true in percent of a hundred cases.
func (r *random) chance(percent int) bool { return r.rng.IntN(100) < percent }

func sumOf(content string) string {
	h := sha256.Sum256([]byte(content))
	return string(h[:])
}
