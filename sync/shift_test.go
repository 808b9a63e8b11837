package sync_test

import (
	"fmt"
	"testing"
	"time"

	"ferry/sync"
)

// shiftTimes changes the time of every remote file, as when a server changes its time
// zone.
func (w *world) shiftTimes(by func(i int) time.Duration) {
	tree, err := w.sides[sync.Remote].Scan(w.ctx(), sync.Look{})
	if err != nil {
		w.t.Fatalf("scan: %v", err)
	}
	i := 0
	for p, e := range tree.All() {
		if e.IsFile() {
			content, _ := w.sides[sync.Remote].Read(string(p))
			w.sides[sync.Remote].Write(string(p), content, e.Time().Add(by(i)))
			i++
		}
	}
}

func TestTimeShiftTransfersNothing(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	w.shiftTimes(func(int) time.Duration { return -5 * time.Hour })
	w.write(sync.Local, "d0/f0", "changed meanwhile")
	sum := w.sync()
	if sum.Uploaded != 1 || sum.Downloaded != 0 || sum.Conflicts != 0 || sum.BytesDown > 12 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	w.wantQuiet()
}

// TestEditsAreNoTimeShift shifts the time of every file and changes its content to
// another one of the same size.
func TestEditsAreNoTimeShift(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.write(sync.Local, fmt.Sprint("f", i), "old")
	}
	w.sync()
	tree, err := w.sides[sync.Remote].Scan(w.ctx(), sync.Look{})
	if err != nil {
		t.Fatal(err)
	}
	for p, e := range tree.All() {
		w.sides[sync.Remote].Write(string(p), "new", e.Time().Add(time.Hour))
	}
	if sum := w.sync(); sum.Downloaded != 20 {
		t.Errorf("%+v", sum)
	}
	w.wantTrees(w.tree(sync.Remote))
}

func TestUnevenTimesAreNoShift(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	w.shiftTimes(func(i int) time.Duration { return time.Duration(1+i%2) * time.Hour })
	if sum := w.sync(); sum.Adopted != 20 || sum.Uploaded+sum.Downloaded != 0 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	w.wantQuiet()
}

// renumber gives every remote file another identity, as when a server is moved to
// another disk.
func (w *world) renumber() {
	tree, err := w.sides[sync.Remote].Scan(w.ctx(), sync.Look{})
	if err != nil {
		w.t.Fatalf("scan: %v", err)
	}
	for p, e := range tree.All() {
		if e.IsFile() {
			content, _ := w.sides[sync.Remote].Read(string(p))
			w.sides[sync.Remote].Remove(string(p))
			w.sides[sync.Remote].Write(string(p), content, e.Time())
		}
	}
}

func TestRenumberedServerTransfersNothing(t *testing.T) {
	w := newWorld(t)
	w.fill(20)
	w.renumber()
	sum := w.sync()
	if sum.Uploaded+sum.Downloaded+sum.Adopted > 0 || sum.BytesDown > 6 {
		t.Errorf("%+v\n%s", sum, w.tail())
	}
	w.wantQuiet()
}
