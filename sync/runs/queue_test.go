package runs

import (
	"slices"
	"testing"
)

// TestQueue checks which run a worker takes next.
func TestQueue(t *testing.T) {
	var names []string
	run := func(name string, size int64) []Task {
		names = append(names, name)
		return []Task{{N: int32(len(names) - 1), Size: size}}
	}
	l := NewQueue([][]Task{run("L1", Large), run("L2", 2*Large), run("s1", 1), run("L3", Large), run("s2", Large-1)})
	var got []string
	for _, large := range []bool{true, false, true, false, false, true} {
		if run := l.Next(large); run != nil {
			got = append(got, names[run[0].N])
		} else {
			got = append(got, "none")
		}
	}
	if want := []string{"L1", "s1", "L2", "s2", "L3", "none"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
