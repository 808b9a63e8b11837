package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
	"ferry/sync/remote"
)

// BenchmarkUnchangedMillion makes passes in which nothing has changed, over
// 1,000,000 files in 10,000 directories. Each pass runs in a process of its own, as
// from cron. The benchmark reports the peak memory in MB: everything resident,
// including the mapped pages of the store. The embedded server serves the same
// directory as the local side. FERRY_LARGE_TREE names a tree that is kept for the
// next run of the benchmark.
func BenchmarkUnchangedMillion(b *testing.B) {
	tree := os.Getenv("FERRY_LARGE_TREE")
	if tree == "" {
		tree = filepath.Join(b.TempDir(), "tree")
	}
	if _, err := os.Stat(tree); err != nil {
		makeLargeTree(b, tree)
	}
	server, err := ftpserver.Start(ftpserver.Options{Root: tree, ReadOnly: true})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	job := largeJob{Tree: tree, Host: "127.0.0.1", Port: server.Port(), Store: filepath.Join(b.TempDir(), "pair.db")}
	if out := job.run(b); out.Sum.Adopted < 1_000_000 {
		b.Fatalf("first pass: %+v", out.Sum)
	}
	for _, direction := range []sync.Direction{sync.Push, sync.Both} {
		b.Run(direction.String(), func(b *testing.B) {
			job.Direction = direction
			most := 0.0
			for range b.N {
				out := job.run(b)
				if s := out.Sum; s.Uploaded+s.Downloaded+s.Adopted+s.Failed+s.Problems > 0 {
					b.Fatalf("%+v", s)
				}
				most = max(most, out.MB)
			}
			b.ReportMetric(most, "MB-at-most")
		})
	}
}

func makeLargeTree(b *testing.B, root string) {
	for d := range 10_000 {
		dir := filepath.Join(root, fmt.Sprintf("area-%02d/section-%04d", d/100, d))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			b.Fatal(err)
		}
		for f := range 100 {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("document-%07d.txt", d*100+f)), []byte("x"), 0o666); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// A largeJob is one pass in a process of its own.
type largeJob struct {
	Tree, Host, Store string
	Port              int
	Direction         sync.Direction
	First             string // a first pass of this kind, without Tree and Host
}

type largeOutcome struct {
	Sum sync.Summary
	MB  float64
}

const largeJobVariable = "FERRY_LARGE_JOB"

func (j largeJob) run(b *testing.B) (out largeOutcome) {
	b.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestLargeJob$", "-test.v")
	cmd.Env = append(os.Environ(), largeJobVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	got, err := cmd.Output()
	_, line, found := strings.Cut(string(got), "outcome ")
	line, _, _ = strings.Cut(line, "\n")
	if err != nil || !found || json.Unmarshal([]byte(line), &out) != nil {
		b.Fatalf("%v\n%s", err, got)
	}
	b.Logf("%s", got)
	return out
}

// TestLargeJob is the process that [largeJob.run] starts. Otherwise it is skipped.
func TestLargeJob(t *testing.T) {
	text := os.Getenv(largeJobVariable)
	if text == "" {
		t.Skip("runs only as a process of the benchmark")
	}
	var j largeJob
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		t.Fatal(err)
	}
	if j.First != "" {
		firstPass(t, j)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	store, err := manifest.OpenStore(j.Store, manifest.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	far, err := remote.Open(ctx, remote.Options{Absolute: true, Options: ftp.Options{Host: j.Host, Port: j.Port, User: "ferry",
		Password: func() (string, error) { return "secret", nil }}})
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	near, err := local.Open(j.Tree, local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	o := sync.Options{Limits: sync.NewLimits(), Policy: sync.Policy{Direction: j.Direction, Adopt: true}}
	start := time.Now()
	o.Observer = func(ev sync.Event) {
		switch ev := ev.(type) {
		case sync.Scanned:
			t.Logf("%v: %s side listed in %v, %.0f MB by now", time.Since(start), ev.Side, ev.Duration, peakMB(t))
		case sync.Planned:
			t.Logf("%v: planned, %.0f MB by now", time.Since(start), peakMB(t))
		}
	}
	t.Logf("store open, %.0f MB by now", peakMB(t))
	sum, err := sync.New(near, far, store, o).Sync(ctx)
	if err != nil {
		t.Fatal(err)
	}
	line, err := json.Marshal(largeOutcome{Sum: sum, MB: peakMB(t)})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("outcome %s\n", line)
}

// peakMB returns the most memory in MB that this process had resident so far.
func peakMB(t *testing.T) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, is := strings.CutPrefix(line, "VmHWM:"); is {
			kb, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			if err != nil {
				t.Fatal(err)
			}
			return float64(kb) / 1000
		}
	}
	t.Fatal("no VmHWM")
	return 0
}
