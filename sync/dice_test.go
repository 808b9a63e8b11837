package sync_test

import (
	"crypto/sha256"
	"math/rand/v2"
)

// dice are random numbers from a seed that a failing history can be told by.
type dice struct{ rng *rand.Rand }

func newDice(seed uint64) *dice { return &dice{rand.New(rand.NewPCG(seed, 1))} }

// n returns a number below most.
func (d *dice) n(most int) int { return d.rng.IntN(most) }

// under is true in percent of a hundred cases.
func (d *dice) under(percent int) bool { return d.rng.IntN(100) < percent }

func sumOf(content string) string {
	h := sha256.Sum256([]byte(content))
	return string(h[:])
}
