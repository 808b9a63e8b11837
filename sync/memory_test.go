package sync_test

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// A first pass holds few bytes for each of its files: both trees, and what it says about them.
// A plan that keeps a copy of what the trees say, or a queue of all actions, takes several times
// as much. The limits are one and a half times of what was measured.
func TestMemoryOfAFirstPass(t *testing.T) {
	const files = 100_000
	for _, c := range []struct {
		name      string
		far       *replicatest.Paper
		dryRun    bool
		mostPlan  int
		mostApply int
	}{
		{"all files are new on one side", &replicatest.Paper{}, false, 150, 190},
		{"both sides are equal", &replicatest.Paper{Dirs: 1000, Files: 100}, false, 340, 380},
		{"a dry run", &replicatest.Paper{}, true, 150, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := liveHeap()
			perFile := func() int { return int(liveHeap()-before) / files }
			plan, apply, done := 0, 0, 0
			o := sync.Options{Limits: sync.NewLimits(), DryRun: c.dryRun, Observer: func(ev sync.Event) {
				switch ev.(type) {
				case sync.Planned:
					plan = perFile()
				case sync.Finished:
					if done++; done == files/2 {
						apply = perFile()
					}
				}
			}}
			sum, err := sync.New(&replicatest.Paper{Dirs: 1000, Files: 100}, c.far, noRecord{}, o).Sync(t.Context())
			if err != nil || !c.dryRun && sum.Uploaded+sum.Adopted < files {
				t.Fatalf("%+v, %v", sum, err)
			}
			t.Logf("bytes for each file: %d when it is planned, %d half-way", plan, apply)
			if plan > c.mostPlan || apply > c.mostApply {
				t.Errorf("bytes for each file: %d when it is planned, %d half-way, want at most %d and %d", plan, apply, c.mostPlan, c.mostApply)
			}
		})
	}
}

// After a pass over large trees the garbage collector of the process works as before.
func TestCollectorAfterALargePass(t *testing.T) {
	if _, set := os.LookupEnv("GOGC"); set {
		t.Skip("GOGC is set")
	}
	percent := func() int {
		now := debug.SetGCPercent(100)
		debug.SetGCPercent(now)
		return now
	}
	before, during := percent(), 0
	o := sync.Options{Limits: sync.NewLimits(), DryRun: true, Observer: func(ev sync.Event) {
		if _, is := ev.(sync.Planned); is {
			during = percent()
		}
	}}
	if _, err := sync.New(&replicatest.Paper{Dirs: 2000, Files: 100}, &replicatest.Paper{}, noRecord{}, o).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := percent(); during >= before || after != before {
		t.Errorf("the heap grows by %d %% before, %d during and %d after the pass", before, during, after)
	}
}

// liveHeap returns the bytes of the heap that are in use.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// noRecord is a record that forgets everything.
type noRecord struct{ manifesttest.Memory }

func (noRecord) Set(manifest.Path, manifest.Pair) error    { return nil }
func (noRecord) Forget(manifest.Path) error                { return nil }
func (noRecord) Rename(manifest.Path, manifest.Path) error { return nil }
func (noRecord) Flush() error                              { return nil }
func (noRecord) Roots() (local, remote string)             { return "", "" }
func (noRecord) SetRoots(string, string) error             { return nil }
func (noRecord) Part() bool                                { return false }
func (noRecord) SetPart() error                            { return nil }
