package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A disk goes away file by file. The pair that is halted because of that stays
// so when it is tried again, with other connections and another engine.
func TestRailsOutlastAnEngine(t *testing.T) {
	atHome(t, func(h *home) {
		name := func(i int) manifest.Path { return manifest.Path(fmt.Sprintf("d%d/f%d", i%3, i)) }
		for i := range 60 {
			h.sides[sync.Local].Write(string(name(i)), fmt.Sprint(i), time.Time{})
		}
		time.Sleep(40 * time.Second)
		for i := range 50 {
			h.sides[sync.Local].Remove(string(name(i)))
			h.noticed(sync.Local, name(i))
			time.Sleep(20 * time.Second)
		}
		time.Sleep(12 * time.Hour)
		files := 0
		for p := range h.tree(sync.Remote) {
			if !strings.HasSuffix(p, "/") {
				files++
			}
		}
		if state := h.k.Status().State; state != Halted || files != 30 {
			t.Errorf("the pair is %s, and the server has %d of 60 files", state, files)
		}
	})
}
