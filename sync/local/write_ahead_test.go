package local_test

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/ahead"
	"ferry/sync/local"
)

// aheadAt is where the part begins that a spreader puts into place before its turn.
const aheadAt = 800_000

// A spreader puts the end of its content into place at the first read. What it reads there
// comes from the place.
type spreader struct {
	fakeReader
	place    *ahead.Place
	pos      int64
	begun    func() // called when the end is in place
	unproven bool
	t        *testing.T
}

func (s *spreader) Spread(p *ahead.Place) { s.place = p }

func (s *spreader) Read(b []byte) (int, error) {
	if s.begun != nil {
		if err := s.place.Begin(); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.place.WriteAt([]byte(s.c.text[aheadAt:]), aheadAt); err != nil {
			s.t.Fatal(err)
		}
		if s.unproven {
			s.place.Doubt()
		}
		s.begun()
		s.begun = nil
	}
	var n int
	var err error
	if s.pos < aheadAt {
		n, err = s.fakeReader.Read(b[:min(int64(len(b)), aheadAt-s.pos)])
	} else if n, err = s.place.ReadAt(b[:min(len(b), len(s.c.text)-int(s.pos))], s.pos); s.pos == int64(len(s.c.text)) {
		err = io.EOF
	}
	s.pos += int64(n)
	return n, err
}

// spreadStep is the step of a spreader; begun is called when the end is in place.
func spreadStep(t *testing.T, c *fakeSource, unproven bool, begun func()) sync.Step {
	step := c.step("f", manifest.Entry{})
	open := step.Open
	step.Open = func(ctx context.Context, offset int64) (sync.Source, error) {
		src, err := open(ctx, offset)
		return &spreader{fakeReader: *src.(*fakeReader), pos: offset, begun: begun, unproven: unproven, t: t}, err
	}
	return step
}

// What was put into place ahead is neither written nor counted twice, and is part of the sum
// unless nothing shows that it belongs there.
func TestPutWithPartsAhead(t *testing.T) {
	for _, unproven := range []bool{false, true} {
		d, h := open(t, local.Options{})
		c := put(randomText(wholeSize), fixedTime)
		progress := int64(0)
		step := spreadStep(t, c, unproven, func() {})
		step.Progress = func(n int64) { progress += n }
		out := applyOK(t, d, step)[0]
		h.wantContent("f", c.text)
		h.wantFiles("f")
		sum := sha256.Sum256([]byte(c.text))
		if unproven && out.Sum != "" || !unproven && out.Sum != string(sum[:]) {
			t.Errorf("unproven %v: sum %x", unproven, out.Sum)
		}
		if progress != wholeSize || out.Bytes != wholeSize {
			t.Errorf("%d bytes in progress, %d in all, want %d", progress, out.Bytes, wholeSize)
		}
	}
}

// When the transfer breaks off, what was read in order stays, and the next attempt goes on
// there.
func TestPutBrokenWithPartsAhead(t *testing.T) {
	d, h := open(t, local.Options{})
	c := put(randomText(wholeSize), fixedTime)
	c.breakAt = brokenAt
	wantFailure(t, d, sync.ErrSource, spreadStep(t, c, false, func() {}))
	all := h.List()
	if len(all) != 1 {
		t.Fatalf("files: %q, want one temporary file", all)
	}
	b, err := os.ReadFile(h.at(all[0]))
	h.must(err)
	if string(b) != c.text[:brokenAt] {
		t.Errorf("%d bytes stayed, want the first %d", len(b), brokenAt)
	}
	c.breakAt = 0
	offsets := []int64{}
	c.onOpen = func(offset int64) { offsets = append(offsets, offset) }
	applyOK(t, d, c.step("f", manifest.Entry{}))
	if len(offsets) != 1 || offsets[0] != overlapAt {
		t.Errorf("opened at %d, want %d", offsets, overlapAt)
	}
	h.wantContent("f", c.text)
}

// A process that is killed leaves a file with a hole, which nobody takes for the beginning of
// the source.
func TestPutKilledWithPartsAhead(t *testing.T) {
	d, h := open(t, local.Options{})
	c := put(randomText(wholeSize), fixedTime)
	killed := ""
	applyOK(t, d, spreadStep(t, c, false, func() {
		name := h.List()[0]
		b, err := os.ReadFile(h.at(name))
		h.must(err)
		killed = name
		h.Write("kept", string(b), fixedTime)
	}))
	h.Remove("f")
	b, err := os.ReadFile(h.at("kept"))
	h.must(err)
	h.Remove("kept")
	if !strings.HasSuffix(string(b), c.text[aheadAt:]+"\x00") {
		t.Fatalf("the file that was left has %d bytes, and not the end of the source", len(b))
	}
	h.must(os.WriteFile(h.at(killed), b, 0o666))
	d = reopen(t, h, local.Options{})
	scan(t, d)
	offsets := []int64{}
	c.onOpen = func(offset int64) { offsets = append(offsets, offset) }
	applyOK(t, d, c.step("f", manifest.Entry{}))
	if len(offsets) != 1 || offsets[0] != 0 {
		t.Errorf("opened at %d, want 0", offsets)
	}
	h.wantContent("f", c.text)
}
