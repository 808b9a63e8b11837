package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
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
	near, far := &paperSide{dirs: 10_000, files: 100}, &paperSide{}
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

// A paperSide has dirs directories with files files each, and does whatever it is asked to
// without doing anything.
type paperSide struct {
	sync.Replica
	dirs, files int
}

func (s *paperSide) Root(context.Context, bool) (sync.RootState, error) {
	return sync.RootState{Kind: manifest.Dir, ID: fmt.Sprint(s.dirs), Where: "paper"}, nil
}

func (s *paperSide) Scan(context.Context, sync.Look) (*manifest.Tree, error) {
	var b manifest.Builder
	id := uint64(1)
	for d := range s.dirs {
		if d%100 == 0 {
			b.Add(manifest.Path(fmt.Sprintf("area-%02d", d/100)), manifest.Entry{Kind: manifest.Dir})
		}
		dir := manifest.Path(fmt.Sprintf("area-%02d/section-%04d", d/100, d))
		b.Add(dir, manifest.Entry{Kind: manifest.Dir})
		for f := range s.files {
			id++
			b.Add(dir.Join(fmt.Sprintf("document-%07d.txt", d*100+f)), manifest.Entry{Kind: manifest.File, Size: 1000,
				ModTime: 1_700_000_000_000_000_000 + int64(id), ID: id, Changed: 1_700_000_000_000_000_000, Mode: 0o644})
		}
	}
	return b.Tree(), nil
}

func (s *paperSide) Sum(context.Context, manifest.Path, manifest.Entry) (string, error) {
	return strings.Repeat("s", 32), nil
}

func (s *paperSide) SameInOtherCase(context.Context, []sync.OtherCase) (bool, error) {
	return false, nil
}

func (s *paperSide) Reader(context.Context, []sync.Wanted) sync.Reader { return paperReader{} }

func (s *paperSide) Apply(_ context.Context, run []sync.Step, done func(int, sync.Outcome)) {
	for i, step := range run {
		now := step.Want
		if step.Op == sync.MkDir {
			now = manifest.Entry{Kind: manifest.Dir}
		}
		done(i, sync.Outcome{Entry: now, Sum: strings.Repeat("s", 32), Bytes: now.Size})
	}
}

func (s *paperSide) Leftovers() bool                         { return false }
func (s *paperSide) Sweep(context.Context, sync.Sweep) error { return nil }
func (s *paperSide) Tidy(context.Context) error              { return nil }
func (s *paperSide) Close() error                            { return nil }

type paperReader struct{ sync.Reader }

func (paperReader) Close() error { return nil }
