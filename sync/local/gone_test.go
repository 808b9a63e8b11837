package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// A name is gone although one of its spellings is too long for any file to have it:
// that one cannot be there.
func TestGoneOfLongNames(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("names are measured in characters there")
	}
	d, h := open(t, local.Options{})
	for _, name := range []string{
		strings.Repeat("é", 127),                   // 254 bytes, 381 in normal form D
		strings.Repeat("한", 85),                    // 255 and 765 bytes
		"dir/" + strings.Repeat("ü", 100) + ".txt", // 204 and 304 bytes
		strings.Repeat("a", 255),
	} {
		h.Write(name, "x", time.Unix(1_700_000_000, 0))
		p := manifest.Path(name)
		tree, err := d.Scan(t.Context(), sync.Look{})
		if err != nil || !tree.At(p).IsFile() {
			t.Fatalf("%s: %+v, %v", name, tree.At(p), err)
		}
		gone := func() error { return d.Gone(t.Context(), []manifest.Path{p}, []manifest.Entry{tree.At(p)})[0] }
		if err := gone(); !errors.Is(err, sync.ErrPresent) {
			t.Errorf("%s is there: %v", name, err)
		}
		h.Remove(name)
		if err := gone(); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
	long := manifest.Path(strings.Repeat("x", 300))
	for _, p := range []manifest.Path{long, "dir/" + long, long + "/a"} {
		if err := d.Gone(t.Context(), []manifest.Path{p}, make([]manifest.Entry, 1))[0]; err != nil {
			t.Errorf("a name of 300 bytes: %v", err)
		}
	}
	if nfd := norm.NFD.String(strings.Repeat("é", 84)); len(nfd) <= 255 { // 252 bytes: this spelling can be there
		if err := os.WriteFile(filepath.Join(h.root, nfd), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		p := manifest.Path(norm.NFC.String(nfd))
		if err := d.Gone(t.Context(), []manifest.Path{p}, make([]manifest.Entry, 1))[0]; !errors.Is(err, sync.ErrPresent) {
			t.Errorf("a name in normal form D is there: %v", err)
		}
	}
}
