package read

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
)

// longText returns text that compresses well and repeats nowhere.
func longText(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "line %d: the quick brown fox jumps over the lazy dog\n", i*i)
	}
	return b.String()[:n]
}

var deflateKinds = []struct {
	name  string
	kind  ftpserver.Deflate
	works bool
}{
	{"good", ftpserver.GoodDeflate, true},
	{"only said", ftpserver.OnlySaid, false},
	{"raw", ftpserver.RawDeflate, false},
	{"bad checksum", ftpserver.BadChecksum, false},
	{"no end", ftpserver.NoEnd, false},
	{"other content", ftpserver.OtherContent, true}, // of the small files: nothing but a hash tells
	{"bomb", ftpserver.Bomb, false},
	{"empty blocks", ftpserver.EmptyBlocks, false},
	{"refused", ftpserver.RefusedByMode, false},
}

func compressing(o *ftp.Options) { o.Compress, o.Connections = ftp.CompressOn, 2 }

// TestModeZ reads files over servers that do in MODE Z what they like: every file comes whole, at
// once, and what a server was seen to do is known.
func TestModeZ(t *testing.T) {
	small := []string{"a.txt", "b.txt", "c.txt"}
	for _, tt := range deflateKinds {
		for _, large := range []bool{false, true} {
			if tt.kind == ftpserver.OtherContent && !large {
				continue
			}
			t.Run(fmt.Sprintf("%s/large=%v", tt.name, large), func(t *testing.T) {
				t.Parallel()
				h := newFixture(t, ftpserver.Options{Deflate: tt.kind}, func(o *ftp.Options) {
					compressing(o)
					o.Retries = -1 // the way back into MODE S is no attempt of those that are asked for
				})
				names, size := small, 100_000
				if large {
					names, size = []string{"large.log"}, 3_000_000
				}
				for _, name := range names {
					h.write(name, longText(size))
				}
				texts, failed := h.readAll(h.all())
				for _, name := range names {
					for p, text := range texts {
						if string(p) == name && text != longText(size) {
							t.Errorf("%s is another one", name)
						}
					}
				}
				if len(failed) > 0 || len(texts) != len(names) {
					t.Errorf("failed: %v", failed)
				}
				sent := strings.Join(h.server.Transcript(), "\n")
				if !strings.Contains(sent, "> MODE Z") {
					t.Error("MODE Z was not tried")
				}
				works, known := h.features.Known(ftp.DeflatesDownloads)
				if want := tt.works && tt.kind != ftpserver.OtherContent; works != want || !known && tt.kind != ftpserver.Bomb {
					t.Errorf("it works: %v, %v", works, known)
				}
			})
		}
	}
}

// TestModeZCut cuts transfers in MODE Z: they go on as they are.
func TestModeZCut(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault ftpserver.Fault
	}{
		{"cut with 426", ftpserver.Fault{Data: ftpserver.CutAt(150_000)}},
		{"reset", ftpserver.Fault{Data: ftpserver.ResetAt(150_000)}},
		{"cut with 226", ftpserver.Fault{Data: ftpserver.ShortenTo(150_000)}},
		{"cut at once", ftpserver.Fault{Data: ftpserver.ResetAt(1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newFixture(t, ftpserver.Options{Deflate: ftpserver.GoodDeflate}, compressing)
			h.write("first.txt", longText(50_000))
			h.write("large.log", longText(3_000_000))
			if _, _, err := h.read(h.wanted("first.txt")); err != nil {
				t.Fatal(err)
			}
			if works, known := h.features.Known(ftp.DeflatesDownloads); !works || !known {
				t.Fatal("MODE Z does not work")
			}
			tt.fault.Command, tt.fault.Times = "RETR", 1
			armed := h.fault(tt.fault)
			text, _, err := h.read(h.wanted("large.log"))
			if err != nil || text != longText(3_000_000) {
				t.Errorf("%d bytes, %v", len(text), err)
			}
			h.fired(armed, 1)
		})
	}
}

// TestModeZRefusedForNow has a server refuse MODE Z with a reply that is about now: a large file comes once
// more from its beginning, as it is, and no third time.
func TestModeZRefusedForNow(t *testing.T) {
	h := newFixture(t, ftpserver.Options{Deflate: ftpserver.GoodDeflate}, compressing)
	h.write("large.log", longText(3_000_000))
	h.fault(ftpserver.Fault{Command: "MODE", Refuse: "450 not now"})
	h.server.ClearTranscript()
	text, _, err := h.read(h.wanted("large.log"))
	if err != nil || text != longText(3_000_000) {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if n := strings.Count(strings.Join(h.server.Transcript(), "\n"), "> RETR"); n != 2 {
		t.Errorf("it was asked for %d times, want 2", n)
	}
	if _, known := h.features.Known(ftp.DeflatesDownloads); known {
		t.Error("a refusal for now is remembered")
	}
}

// TestModeZChecksumAtTheEnd has a server, which did well before, send a wrong checksum: all that was
// handed out is compared with the file as it comes without MODE Z.
func TestModeZChecksumAtTheEnd(t *testing.T) {
	for _, same := range []bool{true, false} {
		kind := map[bool]ftpserver.Deflate{true: ftpserver.BadChecksum, false: ftpserver.OtherContent}[same]
		h := newFixture(t, ftpserver.Options{Deflate: kind}, compressing)
		h.write("large.log", longText(3_000_000))
		w := h.wanted("large.log")
		h.features.Observe(ftp.DeflatesDownloads, true)
		if !same {
			w.Entry.Size++ // the stream ends before the file does
		}
		text, _, err := h.read(w)
		if same && (err != nil || text != longText(3_000_000)) || !same && err == nil {
			t.Errorf("same %v: %d bytes, %v", same, len(text), err)
		}
		if works, _ := h.features.Known(ftp.DeflatesDownloads); works && same {
			t.Error("a wrong checksum is still trusted")
		}
	}
}

// TestModeZBadContentAtTheEnd has a server, which did well before, send other bytes: that shows only when
// all of them were handed out.
func TestModeZBadContentAtTheEnd(t *testing.T) {
	h := newFixture(t, ftpserver.Options{Deflate: ftpserver.BadContent}, compressing)
	h.write("large.log", longText(3_000_000))
	w := h.wanted("large.log")
	h.features.Observe(ftp.DeflatesDownloads, true)
	if text, _, err := h.read(w); err == nil {
		t.Errorf("%d bytes came, the right ones: %v", len(text), text == longText(3_000_000))
	}
}

// TestModeZBombIsSmall holds that a stream that grows without end costs neither memory nor time.
func TestModeZBombIsSmall(t *testing.T) {
	for _, kind := range []ftpserver.Deflate{ftpserver.Bomb, ftpserver.EmptyBlocks} {
		h := newFixture(t, ftpserver.Options{Deflate: kind}, compressing)
		h.write("large.log", longText(3_000_000))
		h.write("small.txt", longText(30_000))
		run := h.all()
		h.features.Observe(ftp.DeflatesDownloads, true) // it did well before
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		for i := range run {
			r := New(ctx, h, h.opts, run)
			text, _, err := read(ctx, r, i, 0)
			r.Close()
			if size := run[i].Entry.Size; int64(len(text)) > size+1<<20 || err == nil && text != longText(int(size)) {
				t.Errorf("%v: %s: %d bytes, %v", kind, run[i].Path, len(text), err)
			}
		}
		if ctx.Err() != nil {
			t.Errorf("%v has no end", kind)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 200<<20 {
			t.Errorf("%v: %d bytes were allocated", kind, used)
		}
	}
}

// TestModeZIsNotForAll holds what goes as it is: what is compressed already, what is resumed, and
// everything where MODE Z is off or, by itself, the server is on this machine.
func TestModeZIsNotForAll(t *testing.T) {
	for _, tt := range []struct {
		name   string
		file   string
		offset int64
		choice ftp.Compress
		want   bool
	}{
		{"text", "a.txt", 0, ftp.CompressOn, true},
		{"archive", "a.zip", 0, ftp.CompressOn, false},
		{"resumed", "a.txt", 10_000, ftp.CompressOn, false},
		{"off", "a.txt", 0, ftp.CompressOff, false},
		{"on this machine", "a.txt", 0, ftp.CompressAuto, false},
	} {
		h := newFixture(t, ftpserver.Options{Deflate: ftpserver.GoodDeflate}, func(o *ftp.Options) { o.Compress = tt.choice })
		h.write(tt.file, longText(100_000))
		r := h.reader(h.all())
		text, _, err := read(t.Context(), r, 0, tt.offset)
		r.Close()
		if err != nil || text != longText(100_000)[tt.offset:] {
			t.Errorf("%s: %d bytes, %v", tt.name, len(text), err)
		}
		used := slices.ContainsFunc(h.server.Transcript(), func(line string) bool { return strings.Contains(line, "> MODE Z") })
		if used != tt.want {
			t.Errorf("%s: in MODE Z: %v", tt.name, used)
		}
	}
}
