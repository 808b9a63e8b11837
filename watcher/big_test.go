//go:build unix

package watcher

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkBig measures what it costs to watch a large tree: the time until it is
// watched, the memory (heap and resident), and the time of full polls and of other
// polls where it cannot be watched. FERRY_BIG=1 makes trees of a million files, in
// 10,000 and in 100,000 directories, which takes 3 GB of disk. FERRY_BIG=DIR measures
// the tree in DIR. The memory that the kernel needs for watches is not included.
func BenchmarkBig(b *testing.B) {
	switch big := os.Getenv("FERRY_BIG"); big {
	case "":
		benchmarkTree(b, b.TempDir(), 100, 10_000)
	case "1":
		for _, dirs := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("dirs=%d", dirs), func(b *testing.B) { benchmarkTree(b, b.TempDir(), dirs, 1_000_000) })
		}
	default:
		benchmarkTree(b, big, 0, 0)
	}
}

func benchmarkTree(b *testing.B, root string, dirs, files int) {
	for d := range dirs {
		dir := filepath.Join(root, fmt.Sprintf("top%05d/dir%05d", d/100, d%100))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			b.Fatal(err)
		}
		for i := range files / dirs {
			f, err := os.Create(filepath.Join(dir, fmt.Sprintf("some file %06d.txt", i)))
			if err != nil {
				b.Fatal(err)
			}
			_ = f.Close()
		}
	}
	for dirs > 0 && time.Since(modTime(b, root)) < 2*mtimeResolution { // a young directory is read each time
		time.Sleep(mtimeResolution)
	}
	b.Run("watched", func(b *testing.B) { benchmarkWatch(b, root, 1<<30) })
	b.Run("polled", func(b *testing.B) { benchmarkWatch(b, root, 0) })
}

func modTime(b *testing.B, root string) time.Time {
	var last time.Time
	err := filepath.WalkDir(root, func(_ string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		info, err := d.Info()
		last = later(last, info.ModTime())
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return last
}

// benchmarkWatch watches root with the given number of watches.
func benchmarkWatch(b *testing.B, root string, room int) {
	for range b.N {
		heap, resident := memory()
		begun := time.Now()
		f := &fakeSystem{room: room, err: syscall.ENOSPC}
		w, err := newWatcher(root, Options{Poll: time.Hour}, f.openReal)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "s/start")
		f.added = nil // is no part of it
		heapNow, residentNow := memory()
		b.ReportMetric(heapNow-heap, "MB-heap")
		b.ReportMetric(residentNow-resident, "MB-resident")
		s := w.State()
		b.ReportMetric(float64(s.Watched+s.Polled), "dirs")
		b.StopTimer()
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		if room == 0 {
			benchmarkPolls(b, w)
		}
		b.StartTimer()
	}
}

// benchmarkPolls measures the polls of a watcher that was closed.
func benchmarkPolls(b *testing.B, w *Watcher) {
	w.quit = make(chan struct{}) // so that it does not stop at once
	w.start()
	defer w.stop()
	for _, c := range []struct {
		fullPoll bool
		unit     string
	}{{true, "ms-cpu/full-poll"}, {false, "ms-cpu/poll"}} {
		before := cpuTime(b)
		w.poll(c.fullPoll)
		b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/1000, c.unit)
	}
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory returns how many MB are in use after a garbage collection: in the heap, and
// resident (Linux only).
func memory() (heap, resident float64) {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			resident = kb / 1000
		}
	}
	return float64(m.HeapAlloc) / 1e6, resident
}
