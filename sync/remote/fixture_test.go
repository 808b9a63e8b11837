package remote

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/list"
)

// A fixture is a Directory over the embedded server, with files that the test sees.
type fixture struct {
	*testing.T
	root   string
	server *ftpserver.Server
	d      *Directory
}

func newFixture(t *testing.T, o ftpserver.Options) *fixture {
	t.Helper()
	h := &fixture{T: t, root: t.TempDir()}
	o.Root = h.root
	var err error
	if h.server, err = ftpserver.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.server.Close() })
	h.d = open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Retries, o.Pipeline = 2, pipelineOfTests })
	return h
}

// write writes files given as name and content.
func (h *fixture) write(pairs ...string) {
	h.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name := filepath.Join(h.root, pairs[i])
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(pairs[i+1]), 0o644)); err != nil {
			h.Fatal(err)
		}
	}
}

func (h *fixture) touch(name string, at time.Time) {
	h.Helper()
	if err := os.Chtimes(filepath.Join(h.root, name), at, at); err != nil {
		h.Fatal(err)
	}
}

// holds fails the test unless the files on the server, but for those in the
// trash, are these, given as name and content in the order of names.
func (h *fixture) holds(pairs ...string) {
	h.Helper()
	want := make(map[string]string)
	for i := 0; i < len(pairs); i += 2 {
		want[pairs[i]] = pairs[i+1]
	}
	if diff := cmp.Diff(want, h.files("")); diff != "" {
		h.Errorf("files on the server (-want +got):\n%s", diff)
	}
}

// keeps fails the test unless the trash holds these contents.
func (h *fixture) keeps(want ...string) {
	h.Helper()
	var got []string
	for _, content := range h.files(".ferry/trash") {
		got = append(got, content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		h.Errorf("contents in the trash (-want +got):\n%s", diff)
	}
}

func (h *fixture) files(below string) map[string]string {
	h.Helper()
	all := make(map[string]string)
	top := filepath.Join(h.root, below)
	filepath.Walk(top, func(p string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			if err == nil && info.Name() == ".ferry" && below == "" {
				return filepath.SkipDir
			}
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			h.Fatal(err)
		}
		name, _ := filepath.Rel(top, p)
		all[name] = string(b)
		return nil
	})
	return all
}

// A content is a source of a Put.
type content struct {
	io.Reader
	all []byte
}

func (c *content) Close() error { return nil }

func (c *content) Confirm(context.Context) (manifest.Entry, error) {
	return manifest.Entry{Kind: manifest.File, Size: int64(len(c.all))}, nil
}

func (c *content) PrefixSum() string {
	s := sha256.Sum256(c.all[:len(c.all)-c.Reader.(*bytes.Reader).Len()])
	return string(s[:])
}

func (c *content) Sum() string { s := sha256.Sum256(c.all); return string(s[:]) }

func (h *fixture) put(p manifest.Path, text string, expect manifest.Entry) sync.Step {
	b := []byte(text)
	at := time.Date(2024, 3, 5, 10, 20, 30, 0, time.UTC)
	return sync.Step{Op: sync.Put, Path: p, Expect: expect,
		Want: manifest.Entry{Kind: manifest.File, Size: int64(len(b)), ModTime: at.UnixNano(), ID: uint64(len(b)), Changed: int64(len(b))},
		Open: func(_ context.Context, offset int64) (sync.Source, error) {
			return &content{bytes.NewReader(b[offset:]), b}, nil
		}}
}

func (h *fixture) scan(look sync.Look) *manifest.Tree {
	h.Helper()
	tree, err := h.d.Scan(h.Context(), look)
	if err != nil {
		h.Fatal(err)
	}
	return tree
}

func (h *fixture) apply(run ...sync.Step) []sync.Outcome {
	outs := make([]sync.Outcome, len(run))
	h.d.Apply(h.Context(), run, func(i int, out sync.Outcome) { outs[i] = out })
	return outs
}

// done fails the test unless all outcomes are good.
func (h *fixture) done(outs []sync.Outcome) {
	h.Helper()
	for i, out := range outs {
		if out.Err != nil || out.Ambiguous {
			h.Errorf("step %d: ambiguous %v, %v", i, out.Ambiguous, out.Err)
		}
	}
}

func (h *fixture) fault(f ftpserver.Fault) *ftpserver.Armed { return h.server.Faults().Add(f) }

func (h *fixture) fired(a *ftpserver.Armed, want int) {
	h.Helper()
	if got := a.Fired(); got != want {
		h.Errorf("the fault struck %d times, want %d", got, want)
	}
}

// entry is what a Put of h.put leaves.
func (h *fixture) entry(name string, size int64) manifest.Entry {
	at := time.Date(2024, 3, 5, 10, 20, 30, 0, time.UTC)
	return manifest.Entry{Kind: manifest.File, Size: size, ModTime: at.UnixNano(), Precision: manifest.Second}
}

// pipelineOfTests is how the tests above send commands.
var pipelineOfTests = ftp.PipelineOn

// listDir returns what is in a directory below the root.
func listDir(t *testing.T, d *Directory, below string) []list.Line {
	t.Helper()
	var l *list.Listing
	err := d.server.do(t.Context(), "listing", func(ctx context.Context, s *ftp.Session) (err error) {
		l, err = d.server.lister.List(ctx, s, d.server.names.Root+"/"+below)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return l.Entries
}
