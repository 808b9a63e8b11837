package sync_test

import (
	"fmt"
	"testing"

	"ferry/sync"
)

// TestLinkInPlaceOfADirectory replaces a directory with a link to it. Nothing may
// count as deleted, and nothing may be forgotten.
func TestLinkInPlaceOfADirectory(t *testing.T) {
	for _, s := range bothSides {
		for _, direction := range []sync.Direction{sync.Both, sync.Push, sync.Pull} {
			for _, part := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s side, %s, part %v", s, direction, part), func(t *testing.T) {
					w := newWorld(t)
					w.fill(9)
					w.opts.Policy.Direction = direction
					want := w.tree(s.Other())
					w.sides[s].Remove("d0")
					w.sides[s].Special("d0")
					if part {
						w.part([]string{"d0"}, "", "d0")
					} else {
						w.sync()
					}
					if got := w.tree(s.Other()); fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("the %s side has %v\nand had %v\n%s", s.Other(), got, want, w.tail())
					}
					if _, based := w.record.At("d0/f3"); !based {
						t.Error("it was forgotten")
					}
				})
			}
		}
	}
}
