package read

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/sync"
	"ferry/sync/ahead"
)

// segmented is a file large enough for four segments.
const segmented = 12 << 20

// A received file is what came of one that was read into a place.
type received struct {
	content  string
	sum      string // that the server told
	segments int    // sessions beside the first that brought something
	unproven bool
	err      error
}

// receive reads a file as a side does that has a place for it.
func (h *fixture) receive(ctx context.Context, w sync.Wanted) (got received) {
	h.Helper()
	f, err := os.Create(filepath.Join(h.TempDir(), "part"))
	if err != nil {
		h.Fatal(err)
	}
	defer f.Close()
	r := h.reader([]sync.Wanted{w})
	defer r.Close()
	src, err := r.Open(ctx, 0, 0)
	if err != nil {
		return received{err: err}
	}
	place, size := ahead.New(f, w.Entry.Size, nil), int64(0)
	src.(ahead.Spreader).Spread(place)
	defer func() {
		if err := errors.Join(src.Close(), place.Cut(size)); err != nil {
			h.Error(err)
		}
		b, err := os.ReadFile(f.Name())
		if err != nil {
			h.Error(err)
		}
		got.content, got.sum, got.unproven = string(b), src.Sum(), place.Unproven()
	}()
	buf, seen := make([]byte, 1<<20), 0
	for {
		n, err := src.Read(buf)
		if !place.Holds(size, n) {
			if _, err := f.WriteAt(buf[:n], size); err != nil {
				h.Fatal(err)
			}
		}
		size += int64(n)
		if g := src.(*file).spread; g != nil {
			g.change(func() { seen = max(seen, len(g.parts)) })
		}
		got.segments = seen
		if err == io.EOF {
			_, got.err = src.Confirm(ctx)
			return got
		}
		if err != nil {
			got.err = err
			return got
		}
	}
}

func segmentedFixture(t *testing.T, o ftpserver.Options, text string) *fixture {
	h := newFixture(t, o, func(o *ftp.Options) { o.Connections, o.Segments, o.BytesDown = 4, 4, 24<<20 })
	h.write("f", text)
	return h
}

// A large file comes over several sessions, and whatever goes wrong with some of them, all of
// it comes.
func TestReadSegments(t *testing.T) {
	random := randomContent(segmented)
	for name, tt := range map[string]struct {
		server ftpserver.Options
		fault  ftpserver.Fault
		text   string
		alone  bool // nothing comes over other sessions
		either bool // that depends on which is first
	}{
		"good":                        {},
		"with TLS":                    {server: ftpserver.Options{TLS: ftpserver.Explicit}},
		"zeros":                       {text: strings.Repeat("\x00", segmented)},
		"REST is ignored":             {fault: ftpserver.Fault{Command: "REST", Refuse: "350 ok"}, alone: true},
		"REST is ignored, of zeros":   {fault: ftpserver.Fault{Command: "REST", Refuse: "350 ok"}, text: strings.Repeat("\x00", segmented)},
		"REST leads elsewhere":        {server: ftpserver.Options{RESTShift: 4096}},
		"REST leads back":             {server: ftpserver.Options{RESTShift: -4096}},
		"REST elsewhere, of zeros":    {server: ftpserver.Options{RESTShift: 4096}, text: strings.Repeat("\x00", segmented)},
		"REST leads back, at the end": {server: ftpserver.Options{RESTShift: -4096, MaxConnections: 2}},
		"REST is refused":             {fault: ftpserver.Fault{Command: "REST", Refuse: "502 no"}, alone: true},
		"no REST":                     {server: ftpserver.Options{NoREST: true}, alone: true},
		"segments are cut":            {fault: ftpserver.Fault{Command: "RETR", Skip: 1, Times: 3, Data: ftpserver.ResetAt(600_000)}},
		"segments are cut and done":   {fault: ftpserver.Fault{Command: "RETR", Skip: 1, Times: 2, Data: ftpserver.ShortenTo(600_000)}},
		"the first one is cut":        {fault: ftpserver.Fault{Command: "RETR", Times: 1, Data: ftpserver.ResetAt(600_000)}, either: true},
		"every one is cut, once":      {fault: ftpserver.Fault{Command: "RETR", Times: 4, Data: ftpserver.CutAt(600_000)}, either: true},
		"no session beside this one":  {server: ftpserver.Options{MaxConnections: 1}, alone: true},
		"one more session":            {server: ftpserver.Options{MaxConnections: 2}},
		"a session ends with 421":     {fault: ftpserver.Fault{Command: "RETR", Skip: 1, Times: 1, Refuse: "421 too many", Close: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := tt.text
			if text == "" {
				text = random
			}
			h := segmentedFixture(t, tt.server, text)
			w := h.wanted("f")
			var armed *ftpserver.Armed
			if tt.fault.Command != "" {
				armed = h.fault(tt.fault)
			}
			got := h.receive(t.Context(), w)
			if got.err != nil || got.content != text {
				t.Errorf("%d bytes came of %d: %v", len(got.content), len(text), got.err)
			}
			if !tt.either && (got.segments == 0) != tt.alone {
				t.Errorf("%d segments came", got.segments)
			}
			if armed != nil && armed.Fired() == 0 {
				t.Error("the fault never struck")
			}
			if got.unproven && tt.text == "" {
				t.Error("random bytes are called unproven")
			}
		})
	}
}

// A file that begins once more, as it is, may still come in segments.
func TestReadSegmentsAfterANewBeginning(t *testing.T) {
	h := segmentedFixture(t, ftpserver.Options{}, randomContent(segmented))
	r := h.reader([]sync.Wanted{h.wanted("f")})
	defer r.Close()
	src, err := r.Open(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	f := src.(*file)
	f.Spread(ahead.New(nil, segmented, nil))
	f.release() // as when the transfer broke off before the first byte
	if err := f.start(); err != nil || f.spread == nil {
		t.Fatal(err)
	}
	f.spread.change(func() {
		if f.spread.hopeless {
			t.Error("it comes over one connection from now on")
		}
	})
}

// What came in segments is whole where the server tells its hash, and unproven where it tells
// none and all bytes are alike.
func TestReadSegmentsProof(t *testing.T) {
	zeros := strings.Repeat("\x00", segmented)
	h := segmentedFixture(t, ftpserver.Options{}, zeros)
	if got := h.receive(t.Context(), h.wanted("f")); got.err != nil || !got.unproven || got.sum != "" || got.segments == 0 {
		t.Errorf("got %d segments, unproven %v, %v", got.segments, got.unproven, got.err)
	}
	h.tellsHash = true
	want := sha256.Sum256([]byte(zeros))
	if got := h.receive(t.Context(), h.wanted("f")); got.err != nil || got.sum != string(want[:]) {
		t.Errorf("sum %x, %v", got.sum, got.err)
	}
}

// A file that is replaced while it comes in segments is no file that was wanted.
func TestReadSegmentsOfChangedFile(t *testing.T) {
	text := randomContent(segmented)
	for name, other := range map[string]string{"other content": strings.ToUpper(text), "longer": text + "more", "shorter": text[:len(text)/2]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := segmentedFixture(t, ftpserver.Options{}, text)
			w := h.wanted("f")
			armed := h.fault(ftpserver.Fault{Command: "RETR", Skip: 1, Times: 1, Hook: func() { h.write("f", other) }})
			w.Entry.ModTime -= 5e9 // so that the new one differs in its time as well
			got := h.receive(t.Context(), w)
			if !errors.Is(got.err, sync.ErrChanged) {
				t.Errorf("%d bytes came: %v", len(got.content), got.err)
			}
			h.fired(armed, 1)
		})
	}
}

// A file whose reader gives up is cut to what was read in order, and no session is left behind.
func TestReadSegmentsCancelled(t *testing.T) {
	text := randomContent(segmented)
	h := segmentedFixture(t, ftpserver.Options{}, text)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h.fault(ftpserver.Fault{Command: "RETR", Skip: 3, Times: 1, Hook: cancel})
	got := h.receive(ctx, h.wanted("f"))
	if !errors.Is(got.err, context.Canceled) || len(got.content) == len(text) || !strings.HasPrefix(text, got.content) {
		t.Errorf("%d bytes stayed, %v", len(got.content), got.err)
	}
	for range 4 {
		if s, err := h.pool.Borrow(t.Context()); err != nil {
			t.Error(err)
		} else {
			defer h.pool.Return(s)
		}
	}
}

// Whoever waits for a session gets that of a segment.
func TestReadSegmentsYield(t *testing.T) {
	text := randomContent(segmented)
	h := segmentedFixture(t, ftpserver.Options{}, text)
	h.opts.BytesDown = 1 // for the pace only
	w := h.wanted("f")
	borrowed := make(chan error, 1)
	h.fault(ftpserver.Fault{Command: "RETR", Skip: 3, Times: 1, Hook: func() {
		go func() {
			s, err := h.pool.Borrow(t.Context())
			if err == nil {
				h.pool.Return(s)
			}
			borrowed <- err
		}()
	}})
	got := h.receive(t.Context(), w)
	if got.err != nil || got.content != text {
		t.Errorf("%d bytes came of %d: %v", len(got.content), len(text), got.err)
	}
	if err := <-borrowed; err != nil {
		t.Error(err)
	}
}
