package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"ferry/internal/test/realftp"
)

// BenchmarkUnchanged measures a pass over 100,000 files in 5,000 directories in
// which nothing has changed, with four connections on loopback. This is what a run
// from cron costs. Besides the time it reports the memory that the process got from
// the system, and what a pass allocated.
func BenchmarkUnchanged(b *testing.B) {
	for _, name := range realftp.Names() {
		b.Run(name, func(b *testing.B) {
			p := newPair(b, name, realftp.Options{})
			stamp := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
			for _, root := range []string{p.local, p.remote()} {
				for dir := range 5000 {
					files := make(map[string]string)
					for i := range 20 {
						files[fmt.Sprintf("d%d/e%d/file %d.txt", dir%50, dir, i)] = "content"
					}
					writeFiles(b, root, files)
					for name := range files {
						p.must(os.Chtimes(filepath.Join(root, name), stamp, stamp))
					}
				}
			}
			p.must(p.server.Own())
			p.engine.Policy.Adopt = true
			p.sync()
			p.sync()
			b.ResetTimer()
			b.ReportAllocs()
			for range b.N {
				p.wantNothingToDo()
			}
			b.StopTimer()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/(1<<20), "MiB-from-system")
		})
	}
}
