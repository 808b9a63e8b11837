package sync_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
)

// TestFileAgainstDirectory checks that a file and a directory of one name that a pass
// leaves alone stay as they are, with all that is in the directory.
func TestFileAgainstDirectory(t *testing.T) {
	prepare := map[string]func(w *world, file sync.Side){
		"new": func(w *world, file sync.Side) {},
		"the directory was in step": func(w *world, file sync.Side) {
			w.write(file, "a/old", "old")
			w.write(file, "a/b/kept", "kept")
			w.sync()
			w.sides[file].Remove("a")
			w.write(file.Other(), "a/b/kept", "changed")
		},
		"the file was in step": func(w *world, file sync.Side) {
			w.write(file, "a", "a file")
			w.sync()
			w.sides[file.Other()].Remove("a")
		},
	}
	for name, before := range prepare {
		for _, only := range [][]manifest.Path{nil, {"a"}} {
			for _, file := range bothSides {
				for _, direction := range []sync.Direction{sync.Both, sync.Push, sync.Pull} {
					w := newWorld(t)
					w.write(file, "other", "other")
					before(w, file)
					w.write(file, "a", "another file")
					w.write(file.Other(), "a/x", "x")
					w.write(file.Other(), "a/b/y", "y")
					if direction == sync.Both {
						w.opts.Policy.Conflict = sync.LeaveAlone
					}
					w.opts.Policy.Direction = direction
					w.only(only...)
					want := [2]map[string]string{w.tree(sync.Local), w.tree(sync.Remote)}
					for range 2 {
						sum, err := w.pass()
						if err != nil || sum.Failed > 0 || sum.ConflictsWaiting != 1 {
							t.Fatalf("%s, the file is %s, %s of %v: %+v, %v\n%s", name, file, direction, only, sum, err, w.tail())
						}
						for _, s := range bothSides {
							got := w.tree(s)
							if only == nil {
								delete(got, "other")
								delete(want[s], "other")
							}
							if diff := cmp.Diff(want[s], got); diff != "" {
								t.Fatalf("%s, the file is %s, %s of %v (-want +%s):\n%s\n%s", name, file, direction, only, s, diff, w.tail())
							}
						}
					}
				}
			}
		}
	}
}
