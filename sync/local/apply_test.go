package local_test

import (
	"fmt"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// BenchmarkPut writes 1,000 small files in one run, with fsync.
func BenchmarkPut(b *testing.B) {
	d, h := open(b, local.Options{})
	for b.Loop() {
		h.Remove("d")
		run := []sync.Step{{Op: sync.MkDir, Path: "d"}}
		for i := range 1000 {
			run = append(run, put("small", fixedTime).step(manifest.Path(fmt.Sprintf("d/file %d", i)), manifest.Entry{}))
		}
		applyOK(b, d, run...)
	}
}
