package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// A list of pairs gives back what was put into it, over more than one chunk.
func TestPairList(t *testing.T) {
	var l PairList
	pair := func(i int) (Path, Pair) {
		p := Pair{Local: Entry{Kind: File, Size: int64(i), ModTime: -5, ID: 1 << 63, Device: 3, Mode: 0o644},
			Remote: Entry{Kind: File, Size: int64(i), Precision: Minute, Shown: 7, Changed: 1, Name: "e\u0301"}, Sum: strings.Repeat("s", 32)}
		if i%2 == 0 {
			return Root, Pair{Local: Entry{Kind: Dir}, Remote: Entry{Kind: Dir}}
		}
		return Path(fmt.Sprintf("%0100d", i)), p
	}
	const n = 50_000
	var at [n]uint32
	for i := range at {
		var ok bool
		if at[i], ok = l.Add(pair(i)); !ok || at[i] == 0 {
			t.Fatalf("pair %d: at %d, %v", i, at[i], ok)
		}
	}
	if len(l.chunks) < 2 {
		t.Fatalf("%d chunks", len(l.chunks))
	}
	for i := range at {
		wantPath, want := pair(i)
		if path, got := l.At(at[i]); path != wantPath || got != want {
			t.Fatalf("pair %d: %q %+v", i, path, got)
		}
	}
	if _, ok := l.Add(Path(strings.Repeat("p", chunkNames)), Pair{}); ok {
		t.Error("a pair was added that is larger than a chunk")
	}
}
