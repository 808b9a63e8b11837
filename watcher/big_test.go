package watcher

import (
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// BenchmarkBig measures what a large tree takes: time to watch it, and memory
// that stays. FERRY_BIG names a directory that holds it.
func BenchmarkBig(b *testing.B) {
	root := os.Getenv("FERRY_BIG")
	if root == "" {
		b.Skip("FERRY_BIG names no directory")
	}
	for _, c := range []struct {
		name string
		room int
	}{{"watched", 1 << 30}, {"polled", 0}} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				begun := time.Now()
				f := &fake{room: c.room, err: syscall.ENOSPC}
				w, err := newWatcher(root, Options{Poll: time.Hour}, f.openReal)
				if err != nil {
					b.Fatal(err)
				}
				took := time.Since(begun)
				f.added = nil // is no part of it
				runtime.GC()
				runtime.ReadMemStats(&after)
				s := w.State()
				b.ReportMetric(float64(s.Watched+s.Polled), "dirs")
				b.ReportMetric(took.Seconds(), "s/start")
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
				b.StopTimer()
				_ = w.Close()
				if c.room == 0 {
					begun = time.Now()
					w.quit = make(chan struct{}) // so that it does not stop at once
					w.begin()
					w.poll()
					b.ReportMetric(time.Since(begun).Seconds(), "s/start+poll")
					w.end()
				}
				b.StartTimer()
			}
		})
	}
}
