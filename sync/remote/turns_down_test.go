package remote

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// fill writes n files into dirs directories of the bench's root, with what is
// needed for the server to read them.
func (b *bench) fill(t *testing.T, dirs, n int) {
	t.Helper()
	early := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range n {
		dir := filepath.Join(b.root, "some", "where", fmt.Sprintf("dir %02d", i%dirs))
		name := filepath.Join(dir, fmt.Sprintf("small %03d.txt", i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(strings.Repeat("x", i)), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, early, early); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRoundTripsOfDownloads holds what listings and small downloads cost on one
// connection in passive mode, the looks at what was read included.
func TestRoundTripsOfDownloads(t *testing.T) {
	benches(t, func(t *testing.T, b *bench) {
		const dirs, n = 40, 80
		b.fill(t, dirs, n)
		b.turns.Take()
		tree, err := b.d.Scan(t.Context(), sync.Look{})
		if err != nil || len(tree.Problems()) > 0 {
			t.Fatal(err, tree.Problems())
		}
		b.spent(t, "listings", 3.5, dirs+1)
		var run []sync.Wanted
		for p, e := range tree.All() {
			if e.IsFile() {
				run = append(run, sync.Wanted{Path: p, Entry: e})
			}
		}
		if len(run) != n {
			t.Fatalf("%d files, want %d", len(run), n)
		}
		r := b.d.Reader(t.Context(), run)
		for i, w := range run {
			src, err := r.Open(t.Context(), i, 0)
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(src)
			if err != nil || int64(len(data)) != w.Entry.Size {
				t.Errorf("%s: %d bytes, want %d, %v", w.Path, len(data), w.Entry.Size, err)
			}
			if now, err := src.Confirm(t.Context()); err != nil || !manifest.Unchanged(w.Entry, now) {
				t.Errorf("%s: %v, want %v, %v", w.Path, now, w.Entry, err)
			}
			src.Close()
		}
		r.Close()
		b.spent(t, "downloads", 3.5, n)
	})
}
