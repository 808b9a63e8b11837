package sync

import (
	"fmt"
	"runtime"
	"testing"

	"ferry/manifest"
	"ferry/manifest/manifesttest"
)

// What a first pass knows of its paths before anything is decided takes few bytes beside the
// trees: a state for each of them would take 600.
func TestMemoryOfStates(t *testing.T) {
	var b manifest.Builder
	const files = 20_000
	for i := range files {
		b.Add(manifest.Path(fmt.Sprintf("%05d", i)), manifest.Entry{Kind: manifest.File, Size: int64(i), ID: uint64(i + 1)})
	}
	tree := b.Tree()
	live := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := live()
	three := compareWithBase(manifesttest.Memory{}, tree, new(manifest.Tree), Policy{})
	perFile := int(live()-before) / files
	if n := three.states.Rows.Len(); n != files || perFile > 32 {
		t.Errorf("%d states of %d bytes each, want %d of at most 32", n, perFile, files)
	}
	runtime.KeepAlive(tree)
}
