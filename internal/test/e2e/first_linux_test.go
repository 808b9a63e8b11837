package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// BenchmarkFirstMillion makes first passes over 1,000,000 files in 10,000 directories, each in a
// process of its own, and reports its peak memory in MB. Both sides are made of paper: they list
// what a rule says and do nothing, so that what is measured is the pass and the store. "new" has
// all files on one side, "equal" the same on both, "status" is the dry run of "new".
// FERRY_HEAP names a file for a profile of the heap when the plan was made.
func BenchmarkFirstMillion(b *testing.B) {
	for _, which := range []string{"new", "equal", "status"} {
		b.Run(which, func(b *testing.B) {
			most := 0.0
			for range b.N {
				out := largeJob{First: which, Store: filepath.Join(b.TempDir(), "pair.db")}.run(b)
				if done := out.Sum.Uploaded + out.Sum.Adopted; which != "status" && done < 1_000_000 {
					b.Fatalf("%+v", out.Sum)
				}
				most = max(most, out.MB)
			}
			b.ReportMetric(most, "MB-at-most")
		})
	}
}

// firstPass makes the pass of a process that [BenchmarkFirstMillion] has started.
func firstPass(t *testing.T, j largeJob) {
	store, err := manifest.OpenStore(j.Store, manifest.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	near, far := &replicatest.Paper{Dirs: 10_000, Files: 100}, &replicatest.Paper{}
	if j.First == "equal" {
		far = near
	}
	start := time.Now()
	o := sync.Options{Limits: sync.NewLimits(), DryRun: j.First == "status", Observer: func(ev sync.Event) {
		switch ev := ev.(type) {
		case sync.Scanned:
			t.Logf("%v: %s side listed, %.0f MB by now", time.Since(start), ev.Side, peakMB(t))
		case sync.Planned:
			t.Logf("%v: planned, %.0f MB by now", time.Since(start), peakMB(t))
			profileHeap(t)
		}
	}}
	sum, err := sync.New(near, far, store, o).Sync(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v: done, %.0f MB by now", time.Since(start), peakMB(t))
	line, err := json.Marshal(largeOutcome{Sum: sum, MB: peakMB(t)})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("outcome %s\n", line)
}

func profileHeap(t *testing.T) {
	name := os.Getenv("FERRY_HEAP")
	if name == "" {
		return
	}
	debug.FreeOSMemory()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := pprof.Lookup("heap").WriteTo(f, 0); err != nil {
		t.Fatal(err)
	}
}
