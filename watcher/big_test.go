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

// BenchmarkBig measures what a large tree takes: time until it is watched, memory
// that stays (heap, and what the system counts), and what looking takes where it is
// polled: closely, and in between. FERRY_BIG=1 makes the trees a million files large,
// in 10,000 and in 100,000 directories; that takes 3 GB of disk. FERRY_BIG=DIR
// measures the tree in DIR. The system's own memory for a watch, on Linux about
// 1 kB with the directory that it keeps in memory, is no part of the figures.
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
	for dirs > 0 && time.Since(modTime(b, root)) < 2*coarse { // a young directory is read each time
		time.Sleep(coarse)
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

// benchmarkWatch watches root with room watches.
func benchmarkWatch(b *testing.B, root string, room int) {
	for range b.N {
		heap, resident := memory()
		begun := time.Now()
		f := &fake{room: room, err: syscall.ENOSPC}
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
			benchmarkLooks(b, w)
		}
		b.StartTimer()
	}
}

// benchmarkLooks has a watcher that was closed look at all that is polled.
func benchmarkLooks(b *testing.B, w *Watcher) {
	w.quit = make(chan struct{}) // so that it does not stop at once
	w.begin()
	defer w.end()
	for _, c := range []struct {
		closely bool
		unit    string
	}{{true, "ms-cpu/close-look"}, {false, "ms-cpu/look"}} {
		before := cpuTime(b)
		w.poll(c.closely)
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

// memory returns how many MB are in use, once all that is not has been given
// back: in the heap, and as the system sees it (Linux only).
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
