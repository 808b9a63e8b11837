package remote

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

func randomContent(n int) string {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	return string(b)
}

// A part that an earlier pass left is completed only if it is proven to be the
// beginning of what is sent now. Whatever happened to it, the file is whole at the end.
func TestPutProvesThePart(t *testing.T) {
	const size, brokenAt = 2_000_000, 600_000 // three attempts store 1,800,000
	zero := func(from, to int) func(*fixture, string, *string) {
		return func(h *fixture, part string, _ *string) {
			f, err := os.OpenFile(part, os.O_WRONLY, 0)
			if err != nil {
				h.Fatal(err)
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				h.Fatal(err)
			}
			end := min(int(info.Size()), to)
			if _, err := f.WriteAt(make([]byte, end-from), int64(from)); err != nil {
				h.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name, text      string
		do              func(h *fixture, part string, text *string)
		unknownSource   bool // nothing tells whether the source was written since
		hashed, without bool // with and without hashes: the part is completed
		onlyHash        bool // without a hash nothing can tell
	}{
		{name: "nothing happened", hashed: true, without: true},
		{name: "nothing is known of the source", unknownSource: true, hashed: true},
		{name: "its end was never stored", do: zero(1_000_000, size)},
		{name: "a page in the middle was never stored", do: zero(100_000, 104_096), onlyHash: true},
		{name: "the source has other content now", do: func(_ *fixture, _ string, text *string) { *text = randomContent(size + 1)[1:] }},
		{name: "the source has another beginning now", unknownSource: true, do: func(_ *fixture, _ string, text *string) { *text = "other" + (*text)[5:] }},
		{name: "the content is all alike", text: strings.Repeat("\x00", size), hashed: true},
		{name: "the part cannot be read", do: func(h *fixture, _ string, _ *string) {
			h.fault(ftpserver.Fault{Command: "RETR", Path: ".ferry*", Refuse: "550 write only"})
		}, hashed: true},
		{name: "reading the part breaks off", do: func(h *fixture, _ string, _ *string) {
			h.fault(ftpserver.Fault{Command: "RETR", Path: ".ferry*", Data: ftpserver.ResetAt(1000)})
		}, hashed: true},
	} {
		for _, hash := range []bool{true, false} {
			if c.onlyHash && !hash {
				continue
			}
			t.Run(fmt.Sprintf("%s, hashes: %v", c.name, hash), func(t *testing.T) {
				h := newFixture(t, ftpserver.Options{Hash: hash})
				text := c.text
				if text == "" {
					text = randomContent(size)
				}
				put := func(d *Directory) (out sync.Outcome) {
					step := h.put("f", text, manifest.Entry{})
					if c.unknownSource {
						step.Want.Changed = 0
					}
					d.Apply(t.Context(), []sync.Step{step}, func(_ int, o sync.Outcome) { out = o })
					return out
				}
				h.fault(ftpserver.Fault{Command: "STOR", Data: ftpserver.ResetAt(brokenAt)})
				if out := put(h.d); out.Err == nil {
					t.Fatal("the fault did not strike")
				}
				h.server.Faults().Clear()
				parts, _ := filepath.Glob(filepath.Join(h.root, ".ferry-*"))
				if len(parts) != 1 {
					t.Fatalf("parts: %q", parts)
				}
				if c.do != nil {
					c.do(h, parts[0], &text)
				}
				later := open(t, h.server.Addr(), "ferry", "secret", "", nil)
				if _, err := later.Scan(t.Context(), sync.Look{}); err != nil {
					t.Fatal(err)
				}
				out := put(later)
				if out.Err != nil {
					t.Fatal(out.Err)
				}
				h.holds("f", text)
				resumed := out.Bytes < size
				if want := hash && c.hashed || !hash && c.without; resumed != want {
					t.Errorf("resumed: %v, want %v", resumed, want)
				}
			})
		}
	}
}
