package pack

import (
	"os"
	"runtime/debug"
	"testing"
)

// Passes over large trees have the garbage collector run more often, as long as one of them goes on.
func TestCollector(t *testing.T) {
	if _, set := os.LookupEnv("GOGC"); set {
		t.Skip("GOGC is set")
	}
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	check := func(want int) {
		t.Helper()
		got := debug.SetGCPercent(100)
		debug.SetGCPercent(got)
		if got != want {
			t.Errorf("the heap grows by %d %%, want %d", got, want)
		}
	}
	var small, one, other Collector
	small.Expect(largeTrees - 1)
	check(100)
	one.Expect(largeTrees)
	one.Expect(largeTrees) // the other side
	other.Expect(largeTrees)
	check(50)
	one.Done()
	small.Done()
	check(50)
	other.Done()
	other.Done()
	check(100)
}
