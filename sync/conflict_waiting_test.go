package sync_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// copiesOn returns the conflict copies on a side.
func (w *world) copiesOn(s sync.Side) (copies []string) {
	for _, p := range slices.Sorted(maps.Keys(w.tree(s))) {
		if strings.Contains(p, ".sync-conflict-") {
			copies = append(copies, p)
		}
	}
	return copies
}

// A conflict is counted until its copy is gone or has another name, also by engines
// that know only what earlier ones have saved, and wherever the copy is.
func TestConflictsWait(t *testing.T) {
	settle := map[string]func(side *replicatest.Memory, copied string){
		"removed":        func(side *replicatest.Memory, copied string) { side.Remove(copied) },
		"renamed":        func(side *replicatest.Memory, copied string) { side.Rename(copied, "d/both.txt") },
		"takes the name": func(side *replicatest.Memory, copied string) { side.Rename(copied, "d/a.txt") },
	}
	for how, settle := range settle {
		for _, direction := range directions {
			for _, by := range bothSides {
				t.Run(how+" "+direction.String()+" "+by.String(), func(t *testing.T) {
					w := newWorld(t)
					var saved []manifest.Path
					open := func() {
						w.opts.Waiting = sync.NewWaiting(saved)
						w.opts.Waiting.Save = func(copies []manifest.Path) error { saved = copies; return nil }
					}
					open()
					w.write(sync.Local, "d/a.txt", "one")
					w.write(sync.Local, "b/b.txt", "b")
					w.sync()
					w.opts.Policy.Direction = direction
					w.write(sync.Local, "d/a.txt", "local")
					w.write(sync.Remote, "d/a.txt", "remote")
					if sum := w.sync(); sum.Conflicts != 1 || sum.ConflictsWaiting != 1 || len(saved) != 1 {
						t.Fatalf("the pass that met it: %+v, saved %q\n%s", sum, saved, w.tail())
					}
					for range 2 {
						open()
						if sum := w.sync(); sum.Conflicts != 0 || sum.ConflictsWaiting != 1 {
							t.Fatalf("a later pass: %+v\n%s", sum, w.tail())
						}
					}
					if sum, err := w.passOver(sync.Scope{Local: []manifest.Path{"b"}}); err != nil || sum.ConflictsWaiting != 1 {
						t.Errorf("a pass over something else: %+v, %v", sum, err)
					}
					copies := w.copiesOn(by)
					if len(copies) == 0 {
						t.Skip("there is no copy on this side")
					}
					settle(w.sides[by], copies[0])
					w.sync()
					open()
					sum := w.sync()
					// A push or pull that finds the copy settled only on the side that it does not
					// change says so as long as the other one has it.
					want := 0
					if len(w.copiesOn(by.Other())) > 0 {
						want = 1
					}
					if sum.ConflictsWaiting != want || want > 0 && direction == sync.Both {
						t.Errorf("settled: %+v, want %d\n%s", sum, want, w.tail())
					}
				})
			}
		}
	}
}

// What is left alone waits, and so do copies that a first pass finds.
func TestConflictsWaitWithoutMemory(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Remote, "a.sync-conflict-20260728-090501-local-abcdef.txt", "copy")
	w.write(sync.Remote, "a.sync-conflict-notes.txt", "no copy")
	w.opts.DryRun = true
	if sum := w.sync(); sum.ConflictsWaiting != 1 {
		t.Errorf("a dry run: %+v", sum)
	}
	w.opts.DryRun = false
	w.opts.Policy.Conflict = sync.LeaveAlone
	w.write(sync.Local, "x", "1")
	w.write(sync.Remote, "x", "2")
	for range 2 {
		if sum := w.sync(); sum.ConflictsWaiting != 2 || sum.Conflicts != 1 {
			t.Errorf("%+v\n%s", sum, w.tail())
		}
	}
}
