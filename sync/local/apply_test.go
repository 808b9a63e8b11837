package local_test

import (
	"fmt"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// BenchmarkPut writes 1,000 small files in one run, safely.
func BenchmarkPut(b *testing.B) {
	d, h := open(b, local.Options{})
	for b.Loop() {
		h.Remove("d")
		run := []sync.Step{{Op: sync.MkDir, Path: "d"}}
		for i := range 1000 {
			run = append(run, put("small", then).step(manifest.Path(fmt.Sprintf("d/file %d", i)), manifest.Entry{}))
		}
		ok(b, d, run...)
	}
}
