package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// The files of a disk go away one after the other until a rail halts the pair. It
// stays halted when it is retried with a new session and a new engine.
func TestRailsOutlastAnEngine(t *testing.T) {
	withEngine(t, func(h *engineHarness) {
		name := func(i int) manifest.Path { return manifest.Path(fmt.Sprintf("d%d/f%d", i%3, i)) }
		for i := range 60 {
			h.sides[sync.Local].Write(string(name(i)), fmt.Sprint(i), time.Time{})
		}
		time.Sleep(40 * time.Second)
		for i := range 50 {
			h.sides[sync.Local].Remove(string(name(i)))
			h.notice(sync.Local, name(i))
			time.Sleep(20 * time.Second)
		}
		time.Sleep(12 * time.Hour)
		files := 0
		for p := range h.tree(sync.Remote) {
			if !strings.HasSuffix(p, "/") {
				files++
			}
		}
		if state := h.w.Status().State; state != Halted || files != 30 {
			t.Errorf("the pair is %s, and the server has %d of 60 files", state, files)
		}
	})
}
