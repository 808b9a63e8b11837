package wan

import (
	"slices"
	"testing"
)

// lostOf returns the numbers of the packets that are lost of the first n.
func lostOf(l *losses, n int) (lost []int) {
	for i := range n {
		if l.next() {
			lost = append(lost, i)
		}
	}
	return lost
}

func TestLosses(t *testing.T) {
	const n = 100_000
	for share, want := range map[float64][2]int{0: {0, 0}, 0.001: {60, 140}, 0.01: {850, 1150}, 1: {n, n}} {
		if got := len(lostOf(newLosses(share, 1, 1), n)); got < want[0] || got > want[1] {
			t.Errorf("of %d packets with a loss of %v %d are lost, want %v", n, share, got, want)
		}
	}
	first := lostOf(newLosses(0.01, 1, 1), n)
	if !slices.Equal(first, lostOf(newLosses(0.01, 1, 1), n)) {
		t.Error("the same seed loses other packets")
	}
	for name, other := range map[string]*losses{"another seed": newLosses(0.01, 2, 1), "the other direction": newLosses(0.01, 1, 2)} {
		if slices.Equal(first, lostOf(other, n)) {
			t.Errorf("%s loses the same packets", name)
		}
	}
}
