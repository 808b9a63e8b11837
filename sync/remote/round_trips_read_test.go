package remote

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
)

// fill writes n files into dirs directories below the root, with what is
// needed for the server to read them.
func (b *countedServer) fill(t *testing.T, dirs, n int) {
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
// connection, the looks at what was read included. The first file of a run and
// the first directory of a walk have nobody before them to go out with.
func TestRoundTripsOfDownloads(t *testing.T) {
	eachServer(t, func(t *testing.T, b *countedServer) {
		const dirs, n = 40, 80
		b.fill(t, dirs, n)
		for mode, most := range map[ftp.Mode]float64{ftp.Passive: 3.1, ftp.Auto: 2.2} {
			if b.name == "pyftpdlib" || ftp.PromptsOnListen() {
				most = 3.1 // see knowSwift
			}
			b.d = open(t, b.turns.Addr, realftp.User, realftp.Password, "some/where", func(o *Options) {
				o.Connections, o.Mode = 1, mode
			})
			b.turns.Take()
			tree, err := b.d.Scan(t.Context(), sync.Look{})
			if err != nil || len(tree.Problems()) > 0 {
				t.Fatal(err, tree.Problems())
			}
			b.spent(t, mode.String()+": listings", most, dirs+1)
			var run []sync.Wanted
			for p, e := range tree.All() {
				if e.IsFile() {
					run = append(run, sync.Wanted{Path: p, Entry: e})
				}
			}
			if len(run) != n {
				t.Fatalf("%d files, want %d", len(run), n)
			}
			readRun(t, b.d, run)
			b.spent(t, mode.String()+": downloads", most, n)
		}
	})
}

// readRun reads all files of a run and fails the test where one is not as wanted.
func readRun(t *testing.T, d *Directory, run []sync.Wanted) {
	t.Helper()
	r := d.Reader(t.Context(), run)
	defer r.Close()
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
}
