package remote

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// lateDeeds are deeds that only who reads is exposed to.
var lateDeeds = []deed{
	{name: "late", late: true},
	{name: "praised twice", change: func(_, r []byte) ([]byte, bool) { return append(bytes.Clone(r), "226 Fine.\r\n"...), false }},
}

// TestMeddledReading does every deed at every reply to a walk and to the reading of
// what it found: no directory, time or content is taken for that of another, and
// what is not known to be whole is not believed.
func TestMeddledReading(t *testing.T) {
	for _, noMLSD := range []bool{false, true} {
		for _, mode := range []ftp.Mode{ftp.Passive, ftp.Active} {
			t.Run(fmt.Sprintf("%v/%v", noMLSD, mode), func(t *testing.T) {
				t.Parallel()
				root := t.TempDir()
				server, err := ftpserver.Start(ftpserver.Options{Root: root, NoMLSD: noMLSD, CdirInMLSD: true})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { server.Close() })
				files := make(map[manifest.Path]int)
				for i := range 12 {
					p := manifest.Path(fmt.Sprintf("d%d/f%02d", i/3, i))
					name := filepath.Join(root, string(p))
					at := readTime(i)
					if os.MkdirAll(filepath.Dir(name), 0o755) != nil || os.WriteFile(name, []byte(readText(i)), 0o644) != nil || os.Chtimes(name, at, at) != nil {
						t.Fatal("cannot write files")
					}
					files[p] = i
				}
				m := newMeddler(t, server.Addr())
				for _, do := range append(deeds[:len(deeds):len(deeds)], lateDeeds...) {
					step := do.stride()
					for at := 0; readMeddled(t, m, mode, files, do, at); at += step {
						if t.Failed() {
							t.Fatalf("after: %s at %d", do.name, at)
						}
					}
				}
			})
		}
	}
}

func readText(i int) string { return fmt.Sprintf("this is %04d", i) }

func readTime(i int) time.Time { return time.Date(2021, 2, 3, 4, 5+i, i, 0, time.UTC) }

// readMeddled makes a walk and reads what it found, with one deed, and reports
// whether it was done.
func readMeddled(t *testing.T, m *meddler, mode ftp.Mode, files map[manifest.Path]int, do deed, at int) bool {
	t.Helper()
	d := open(t, m.addr, "ferry", "secret", "", func(o *Options) {
		o.Connections, o.Timeout, o.Retries, o.Mode = 1, 300*time.Millisecond, 2, mode
	})
	m.arm(do, at)
	tree, err := d.Scan(t.Context(), sync.Look{})
	if err != nil {
		t.Logf("%s at %d: %v", do.name, at, err)
		return m.disarm()
	}
	var run []sync.Wanted
	for p, i := range files {
		e := tree.At(p)
		switch {
		case !tree.Known(p):
		case !e.IsFile():
			t.Errorf("%s is said to be missing", p)
		case e.ModTime != readTime(i).UnixNano() || e.Size != int64(len(readText(i))):
			t.Errorf("%s has the time %v and %d bytes", p, e.Time(), e.Size)
		default:
			run = append(run, sync.Wanted{Path: p, Entry: e})
		}
	}
	for p := range tree.All() {
		if _, is := files[p]; !is && len(p) != 2 {
			t.Errorf("%q is said to be there", p)
		}
	}
	r := d.Reader(t.Context(), run)
	for k, w := range run {
		src, err := r.Open(t.Context(), k, 0)
		if err != nil {
			continue
		}
		data, err := io.ReadAll(src)
		if err == nil {
			_, err = src.Confirm(t.Context())
		}
		if want := readText(files[w.Path]); err == nil && string(data) != want {
			t.Errorf("%s is read as %q", w.Path, data)
		}
		src.Close()
	}
	r.Close()
	struck := m.disarm()
	d.Close()
	return struck
}
