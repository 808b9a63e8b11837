package remote

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// manyFiles writes n small files into as many directories and returns a Directory
// that has not listed any of them.
func manyFiles(t *testing.T, o ftpserver.Options, n int, change func(*Options)) *fixture {
	t.Helper()
	h := newFixture(t, o)
	for i := range n {
		h.write(fmt.Sprintf("d%02d/f", i), smallText(i))
	}
	h.d = open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) {
		o.ModeTrial = 300 * time.Millisecond
		if change != nil {
			change(o)
		} else {
			o.Retries, o.Pipeline = 2, pipelineOfTests
		}
	})
	return h
}

func smallText(i int) string { return strings.Repeat("some text ", i) }

// scanAll returns all files, as a scan shows them.
func (h *fixture) scanAll(n int) []sync.Wanted {
	h.Helper()
	tree := h.scan(sync.Look{})
	var run []sync.Wanted
	for p, e := range tree.All() {
		if e.IsFile() {
			run = append(run, sync.Wanted{Path: p, Entry: e})
		}
	}
	if len(run) != n || len(tree.Problems()) > 0 {
		h.Fatalf("%d files, want %d; problems: %v", len(run), n, tree.Problems())
	}
	return run
}

// readAll reads a run and returns what came, and the errors of those that failed.
func (h *fixture) readAll(run []sync.Wanted) (texts map[manifest.Path]string, failed map[manifest.Path]error) {
	h.Helper()
	texts, failed = make(map[manifest.Path]string), make(map[manifest.Path]error)
	r := h.d.Reader(h.Context(), run)
	defer r.Close()
	for i, w := range run {
		src, err := r.Open(h.Context(), i, 0)
		if err != nil {
			failed[w.Path] = err
			continue
		}
		data, err := io.ReadAll(src)
		if err == nil {
			_, err = src.Confirm(h.Context())
		}
		if err != nil {
			failed[w.Path] = err
		} else {
			texts[w.Path] = string(data)
		}
		src.Close()
	}
	return texts, failed
}

func (h *fixture) read(w sync.Wanted) (text, sum string, err error) {
	r := h.d.Reader(h.Context(), []sync.Wanted{w})
	defer r.Close()
	src, err := r.Open(h.Context(), 0, 0)
	if err != nil {
		return "", "", err
	}
	defer src.Close()
	b, err := io.ReadAll(src)
	if err == nil {
		_, err = src.Confirm(h.Context())
	}
	return string(b), src.Sum(), err
}

// Where not everything came in one transfer, the server is asked for the hash.
func TestReadAsksForTheHashOfABrokenTransfer(t *testing.T) {
	h := newFixture(t, ftpserver.Options{Hash: true})
	text := randomContent(1_500_000)
	h.write("f", text)
	w := sync.Wanted{Path: "f", Entry: h.scan(sync.Look{}).At("f")}
	h.fault(ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(200_000), Times: 1})
	got, sum, err := h.read(w)
	if want := sha256.Sum256([]byte(text)); err != nil || got != text || sum != string(want[:]) {
		t.Errorf("read %d bytes, sum %x, %v", len(got), sum, err)
	}
}

// TestReadIsConfirmed reads small files that are not as they were listed: what the server
// says of a file afterwards decides.
func TestReadIsConfirmed(t *testing.T) {
	for _, noMLSD := range []bool{false, true} {
		h := newFixture(t, ftpserver.Options{NoMLSD: noMLSD})
		h.write("good", "good", "grown", "grown", "later", "later", "link", "link", "same", "same")
		run := h.scanAll(5)
		h.write("grown", "grown longer")
		h.touch("later", time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC))
		if noMLSD { // MLSD shows what a link leads to
			if err := errors.Join(os.Remove(filepath.Join(h.root, "link")), os.Symlink("same", filepath.Join(h.root, "link"))); err != nil {
				t.Fatal(err)
			}
			h.scan(sync.Look{}) // it shows the link
		} else {
			h.write("link", "something else")
		}
		run = append(run, sync.Wanted{Path: "bad\n", Entry: run[0].Entry}, sync.Wanted{Path: "spaced ", Entry: run[0].Entry})
		texts, failed := h.readAll(run)
		for p, want := range map[manifest.Path]error{
			"grown": sync.ErrChanged, "later": sync.ErrChanged, "link": sync.ErrChanged, "bad\n": manifest.ErrName, "spaced ": manifest.ErrName,
		} {
			if !errors.Is(failed[p], want) {
				t.Errorf("without MLSD %v: %q: got %v, want %v", noMLSD, p, failed[p], want)
			}
		}
		if len(texts) != 2 || texts["good"] != "good" || texts["same"] != "same" {
			t.Errorf("without MLSD %v: read %q; errors: %v", noMLSD, texts, failed)
		}
	}
}
