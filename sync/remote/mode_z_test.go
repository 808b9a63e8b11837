package remote

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestPutInModeZ sends text to servers that do in MODE Z what they like. All of it arrives at once, and
// what the server was seen to do is known; also where it did well before.
func TestPutInModeZ(t *testing.T) {
	for _, tt := range []struct {
		name  string
		kind  ftpserver.Deflate
		works bool
	}{
		{"good", ftpserver.GoodDeflate, true},
		{"only said", ftpserver.OnlySaid, false},
		{"raw", ftpserver.RawDeflate, false},
		{"dropped", ftpserver.DroppedUploads, false},
		{"refused", ftpserver.RefusedByMode, false},
		{"silent", ftpserver.SilentUploads, false},
	} {
		for _, trusted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/trusted=%v", tt.name, trusted), func(t *testing.T) {
				t.Parallel()
				h := newFixture(t, ftpserver.Options{Deflate: tt.kind})
				h.d = open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Retries, o.Compress = 2, ftp.CompressOn })
				if trusted {
					h.d.server.features.Observe(ftp.DeflatesUploads, true)
				}
				var run []sync.Step
				var want []string
				for _, name := range []string{"a.txt", "b.txt", "c.zip", "d.log"} {
					text := words(40_000 + len(want))
					want = append(want, name, text)
					run = append(run, sync.Step{Op: sync.Put, Path: manifest.Path(name), Want: manifest.Entry{Kind: manifest.File, Size: int64(len(text)), ModTime: 1e18},
						Open: func(_ context.Context, offset int64) (sync.Source, error) {
							return &content{bytes.NewReader([]byte(text[offset:])), []byte(text)}, nil
						}})
				}
				h.d.Apply(t.Context(), run, func(i int, out sync.Outcome) {
					if out.Err != nil {
						t.Errorf("%s: %v", run[i].Path, out.Err)
					}
				})
				h.holds(want...)
				works, known := h.d.server.features.Known(ftp.DeflatesUploads)
				if works && !tt.works && (!trusted || tt.kind == ftpserver.OnlySaid || tt.kind == ftpserver.DroppedUploads) || !works && tt.works {
					t.Errorf("it works: %v, %v", works, known)
				}
				said := strings.Join(h.server.Transcript(), "\n")
				if !strings.Contains(said, "> MODE Z") {
					t.Error("MODE Z was not tried")
				}
				if trials := strings.Count(said, "RETR "); trusted && trials > 0 || !trusted && tt.works && trials != 1 {
					t.Errorf("it was tried %d times", trials)
				}
			})
		}
	}
}

// TestModeZListings lists a server that was seen to do well in MODE Z: the second listing comes in it.
// Where that is no zlib stream, or is cut, the directory is listed once more as it is.
func TestModeZListings(t *testing.T) {
	for _, tt := range []struct {
		name  string
		kind  ftpserver.Deflate
		fault ftpserver.Fault
		works bool
	}{
		{"good", ftpserver.GoodDeflate, ftpserver.Fault{}, true},
		{"only said", ftpserver.OnlySaid, ftpserver.Fault{}, false},
		{"raw", ftpserver.RawDeflate, ftpserver.Fault{}, false},
		{"no end", ftpserver.NoEnd, ftpserver.Fault{}, false},
		{"bad checksum", ftpserver.BadChecksum, ftpserver.Fault{}, false},
		{"bomb", ftpserver.Bomb, ftpserver.Fault{}, true}, // that is what it is, and no entries
		{"cut", ftpserver.GoodDeflate, ftpserver.Fault{Command: "MLSD", Data: ftpserver.CutAt(100), Times: 1}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newFixture(t, ftpserver.Options{Deflate: tt.kind})
			for i := range 50 {
				h.write(fmt.Sprintf("d/file-%d.txt", i), "x")
			}
			h.d = open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) {
				o.Retries, o.Compress, o.MaxListing = 2, ftp.CompressOn, 1000
			})
			h.d.server.features.Observe(ftp.DeflatesDownloads, true)
			if tt.fault.Command != "" {
				h.fault(tt.fault)
			}
			h.server.ClearTranscript()
			tree, err := h.d.Scan(t.Context(), sync.Look{})
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(h.server.Transcript(), "\n"); !strings.Contains(said, "> MODE Z") {
				t.Error("MODE Z was not tried")
			}
			works := h.d.server.features.Has(ftp.DeflatesListings)
			if whole := tree.At("d/file-49.txt").IsFile(); whole == (tt.kind == ftpserver.Bomb) || works != tt.works {
				t.Errorf("whole %v, works %v, want %v", whole, works, tt.works)
			}
		})
	}
}

// TestPutInModeZProvesNothingOnAPart goes on with a part that an earlier pass left, on a server of which
// nobody knows whether MODE Z works. The part is not taken for a place where that may be tried.
func TestPutInModeZProvesNothingOnAPart(t *testing.T) {
	const size, brokenAt = 2_000_000, 600_000
	h := newFixture(t, ftpserver.Options{Deflate: ftpserver.GoodDeflate})
	text := words(size)
	put := func(d *Directory) (out sync.Outcome) {
		d.Apply(t.Context(), []sync.Step{h.put("f.txt", text, manifest.Entry{})}, func(_ int, o sync.Outcome) { out = o })
		return out
	}
	h.fault(ftpserver.Fault{Command: "STOR", Data: ftpserver.ResetAt(brokenAt)})
	if out := put(h.d); out.Err == nil {
		t.Fatal("the fault did not strike")
	}
	h.server.Faults().Clear()
	later := open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Compress = ftp.CompressOn })
	if _, err := later.Scan(t.Context(), sync.Look{}); err != nil {
		t.Fatal(err)
	}
	h.server.ClearTranscript()
	out := put(later)
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	h.holds("f.txt", text)
	if out.Bytes >= size {
		t.Error("the part was not used")
	}
	if said := strings.Join(h.server.Transcript(), "\n"); strings.Contains(said, "> MODE Z") {
		t.Error("the rest went in MODE Z")
	}
}
