package watch

import (
	"fmt"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// A path below a location that failed before goes on with its number of tries.
func TestTriesBelowABatch(t *testing.T) {
	l := batch{tries: map[location]int{{sync.Local, "d"}: 3, {sync.Remote, "e"}: 2}}
	for s, want := range map[location]int{
		{sync.Local, "d"}: 3, {sync.Local, "d/f"}: 3, {sync.Local, "dd"}: 0, {sync.Remote, "e"}: 2, {sync.Remote, "e/f"}: 0,
	} {
		if got := l.triesOf(s); got != want {
			t.Errorf("%v: %d, want %d", s, got, want)
		}
	}
}

// Too many hints are replaced by one full pass.
func TestQueueLimit(t *testing.T) {
	q := newQueue()
	var h Hint
	for i := range maxQueued + 1 {
		h.Paths = append(h.Paths, manifest.Path(fmt.Sprint(i)))
	}
	q.hint(h, noon)
	if !q.everything || len(q.fresh) > 0 {
		t.Errorf("everything %v, and %d paths", q.everything, len(q.fresh))
	}
}
