//go:build linux

package local

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ferry/sync"
)

// largeTree returns a tree of 1,000,000 files in 10,000 directories. If
// FERRY_LARGE_TREE names a tree, that one is used, and is created if it is missing.
func largeTree(b *testing.B) string {
	root := os.Getenv("FERRY_LARGE_TREE")
	if root == "" {
		root = filepath.Join(b.TempDir(), "tree")
	}
	if _, err := os.Stat(root); err == nil {
		return root
	}
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
	return root
}

// BenchmarkScanOfAMillion compares a scan of 1,000,000 files with find, which reads
// the same attributes and prints them. The two run alternately, so that both see
// the same load.
func BenchmarkScanOfAMillion(b *testing.B) {
	root := largeTree(b)
	d, err := Open(root, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Root(b.Context(), false); err != nil {
		b.Fatal(err)
	}
	find := func() (wall, cpu time.Duration) {
		start := time.Now()
		cmd := exec.Command("find", root, "-printf", `%s %T@ %i\n`)
		if err := cmd.Run(); err != nil {
			b.Skip("no find that prints: ", err)
		}
		return time.Since(start), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	find() // fills the caches of the system
	b.ResetTimer()
	b.ReportAllocs()
	var ours, theirs, oursCPU, theirsCPU time.Duration
	for range b.N {
		start, used := time.Now(), cpuTime()
		tree, err := d.Scan(context.Background(), sync.Look{})
		ours, oursCPU = ours+time.Since(start), oursCPU+cpuTime()-used
		if err != nil || tree.Len() < 1_000_000 {
			b.Fatal(tree.Len(), err)
		}
		b.StopTimer()
		wall, cpu := find()
		theirs, theirsCPU = theirs+wall, theirsCPU+cpu
		b.StartTimer()
	}
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "times-find")
	b.ReportMetric(oursCPU.Seconds()/theirsCPU.Seconds(), "cpu-times-find")
	b.ReportMetric(theirs.Seconds()/float64(b.N), "s-of-find")
}

// cpuTime returns the CPU time that this process has used so far.
func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
