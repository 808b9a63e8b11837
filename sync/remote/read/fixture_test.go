package read

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// A fixture is a [Server] over the embedded server, with files that the test sees.
type fixture struct {
	*testing.T
	root      string
	server    *ftpserver.Server
	opts      ftp.Options
	pool      *pool.Pool
	features  *ftp.Features
	tellsHash bool
}

// pipelineOfTests is how the tests send commands.
var pipelineOfTests = ftp.PipelineOn

func newFixture(t *testing.T, o ftpserver.Options, change func(*ftp.Options)) *fixture {
	t.Helper()
	h := &fixture{T: t, root: t.TempDir()}
	o.Root = h.root
	var err error
	if h.server, err = ftpserver.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.server.Close() })
	h.opts = ftp.Options{Host: "127.0.0.1", Port: h.server.Port(), User: "ferry", Password: func() (string, error) { return "secret", nil },
		Connections: 3, Retries: 2, Timeout: 10 * time.Second, ModeTrial: 300 * time.Millisecond, Pipeline: pipelineOfTests,
		Backoff: func(int) time.Duration { return 0 }}
	if change != nil {
		change(&h.opts)
	}
	h.opts = h.opts.WithDefaults()
	h.pool = pool.New(h.opts)
	t.Cleanup(func() {
		if err := h.pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// manyFiles writes n small files into as many directories.
func manyFiles(t *testing.T, o ftpserver.Options, n int, change func(*ftp.Options)) *fixture {
	t.Helper()
	h := newFixture(t, o, change)
	for i := range n {
		h.write(fmt.Sprintf("d%02d/f", i), smallText(i))
	}
	return h
}

func smallText(i int) string { return strings.Repeat("some text ", i) }

func randomContent(n int) string {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	return string(b)
}

func (h *fixture) write(name, text string) {
	h.Helper()
	name = filepath.Join(h.root, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		h.Fatal(err)
	}
}

func (h *fixture) fault(f ftpserver.Fault) *ftpserver.Armed { return h.server.Faults().Add(f) }

func (h *fixture) fired(a *ftpserver.Armed, want int) {
	h.Helper()
	if got := a.Fired(); got != want {
		h.Errorf("the fault struck %d times, want %d", got, want)
	}
}

// wanted returns a file as the server describes them now.
func (h *fixture) wanted(p manifest.Path) sync.Wanted {
	h.Helper()
	return h.run([]manifest.Path{p})[0]
}

// all returns all files in the order of their paths.
func (h *fixture) all() []sync.Wanted {
	h.Helper()
	var paths []manifest.Path
	err := filepath.WalkDir(h.root, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			name, err = filepath.Rel(h.root, name)
			paths = append(paths, manifest.Path(filepath.ToSlash(name)))
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return h.run(paths)
}

func (h *fixture) run(paths []manifest.Path) []sync.Wanted {
	h.Helper()
	run, seen := make([]sync.Wanted, len(paths)), make([]ftp.Stat, len(paths))
	err := h.pool.Do(h.Context(), "looking", func(ctx context.Context, s *ftp.Session) error {
		h.features = s.Features()
		var b ftp.Batch
		for i, p := range paths {
			ftp.QueueStat(&b, h.features, "/"+string(p), func(now ftp.Stat) { seen[i] = now })
		}
		return b.Run(ctx, s)
	})
	for i, p := range paths {
		run[i] = sync.Wanted{Path: p, Entry: entryOf(seen[i])}
		err = errors.Join(err, seen[i].Err)
	}
	if err != nil {
		h.Fatal(err)
	}
	return run
}

// entryOf returns the entry of what is taken for a file.
func entryOf(now ftp.Stat) manifest.Entry {
	if now.Entry.Name == "" && now.Entry.ModTime.IsZero() {
		return manifest.Entry{}
	}
	e := manifest.Entry{Kind: manifest.File, Size: now.Entry.Size}
	e.SetTime(now.Entry.ModTime, manifest.Second)
	return e
}

func (h *fixture) Borrow(ctx context.Context) (*ftp.Session, error) { return h.pool.Borrow(ctx) }
func (h *fixture) Return(s *ftp.Session)                            { h.pool.Return(s) }

func (h *fixture) Path(w sync.Wanted) (string, error) { return "/" + string(w.Path), nil }

func (h *fixture) Ask(b *ftp.Batch, s *ftp.Session, files []Target) (answers func() []Answer) {
	all := slices.Repeat([]Answer{{Err: errors.New("not answered")}}, len(files))
	for i, f := range files {
		ftp.QueueStat(b, s.Features(), f.At, func(now ftp.Stat) {
			switch {
			case now.Err != nil:
				all[i] = Answer{Err: now.Err}
			case manifest.Unchanged(f.Entry, entryOf(now)):
				all[i] = Answer{Entry: f.Entry}
			default:
				all[i] = Answer{Err: sync.ErrChanged}
			}
		})
	}
	return func() []Answer { return all }
}

func (h *fixture) Look(ctx context.Context, s *ftp.Session, f Target) (a Answer, err error) {
	ask := func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		answers := h.Ask(&b, s, []Target{f})
		err := b.Run(ctx, s)
		a = answers()[0]
		return err
	}
	if s != nil {
		err = ask(ctx, s)
		return a, err
	}
	err = h.pool.Do(ctx, "looking", ask)
	return a, err
}

// Sum takes a session, as a real server does.
func (h *fixture) Sum(ctx context.Context, w sync.Wanted) (string, error) {
	s, err := h.Borrow(ctx)
	if err != nil {
		return "", err
	}
	h.Return(s)
	b, err := os.ReadFile(filepath.Join(h.root, string(w.Path)))
	sum := sha256.Sum256(b)
	return string(sum[:]), err
}

func (h *fixture) TellsHash(Target) bool { return h.tellsHash }

func (h *fixture) reader(run []sync.Wanted) *Reader { return New(h.Context(), h, h.opts, run) }

// read reads one file.
func (h *fixture) read(w sync.Wanted) (text, sum string, err error) {
	r := h.reader([]sync.Wanted{w})
	defer r.Close()
	return read(h.Context(), r, 0, 0)
}

// readAll reads a run and returns what came, and the errors of those that failed.
func (h *fixture) readAll(run []sync.Wanted) (texts map[manifest.Path]string, failed map[manifest.Path]error) {
	h.Helper()
	texts, failed = make(map[manifest.Path]string), make(map[manifest.Path]error)
	r := h.reader(run)
	defer r.Close()
	for i, w := range run {
		text, _, err := read(h.Context(), r, i, 0)
		if err != nil {
			failed[w.Path] = err
		} else {
			texts[w.Path] = text
		}
	}
	return texts, failed
}

// read reads a file of a run from offset on.
func read(ctx context.Context, r *Reader, i int, offset int64) (text, sum string, err error) {
	src, err := r.Open(ctx, i, offset)
	if err != nil {
		return "", "", err
	}
	defer src.Close()
	b, err := io.ReadAll(src)
	if err == nil {
		_, err = src.Confirm(ctx)
	}
	return string(b), src.Sum(), err
}
