package sync

import (
	"slices"
	"testing"

	"ferry/manifest"
)

// TestRunQueue checks which run a worker takes next.
func TestRunQueue(t *testing.T) {
	run := func(p manifest.Path, size int64) []*Action { return []*Action{{Op: Upload, Path: p, Size: size}} }
	l := newRunQueue([][]*Action{run("L1", largeBytes), run("L2", 2*largeBytes), run("s1", 1), run("L3", largeBytes), run("s2", largeBytes-1)})
	var got []manifest.Path
	for _, large := range []bool{true, false, true, false, false, true} {
		if run := l.next(large); run != nil {
			got = append(got, run[0].Path)
		} else {
			got = append(got, "none")
		}
	}
	if want := []manifest.Path{"L1", "s1", "L2", "s2", "L3", "none"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
