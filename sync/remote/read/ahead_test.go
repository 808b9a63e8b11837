package read

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestAheadFaults takes listings and small downloads, with commands on their way
// behind each, over a server that fails at some point: every file comes whole, and
// what is not as it was is refused.
func TestAheadFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault ftpserver.Fault
		bad   manifest.Path // the file that cannot be had
		want  error
	}{
		{name: "transfer refused once", fault: ftpserver.Fault{Command: "RETR", Path: "/d05/f", Refuse: "450 busy", Times: 1}},
		{name: "transfer refused", fault: ftpserver.Fault{Command: "RETR", Path: "/d05/f", Refuse: "550 no"}, bad: "d05/f"},
		{name: "data cut with 426", fault: ftpserver.Fault{Command: "RETR", Path: "/d05/f", Data: ftpserver.CutAt(7), Times: 1}},
		{name: "data cut with 226", fault: ftpserver.Fault{Command: "RETR", Path: "/d05/f", Data: ftpserver.CutAt(7), Reply: "226 done"}, bad: "d05/f", want: sync.ErrChanged},
		{name: "data reset", fault: ftpserver.Fault{Command: "RETR", Path: "/d05/f", Data: ftpserver.ResetAt(7), Times: 1}},
		{name: "final reply 426", fault: ftpserver.Fault{Command: "RETR", Path: "/d05/f", Reply: "426 broken", Times: 1}},
		{name: "final reply 550", fault: ftpserver.Fault{Command: "RETR", Path: "/d05/f", Reply: "550 it was not good"}, bad: "d05/f", want: sync.ErrSource},
		{name: "final reply 550 to the last", fault: ftpserver.Fault{Command: "RETR", Path: "/d19/f", Reply: "550 it was not good"}, bad: "d19/f", want: sync.ErrSource},
		{name: "final reply lost", fault: ftpserver.Fault{Command: "RETR", Path: "/d05/f", Lose: true, Times: 1}},
		{name: "look lost", fault: ftpserver.Fault{Command: "MLST", Path: "/d05/f", Lose: true, Times: 1}},
		{name: "look refused once", fault: ftpserver.Fault{Command: "MLST", Path: "/d05/f", Refuse: "451 not now", Times: 1}},
		{name: "look says that it is gone", fault: ftpserver.Fault{Command: "MLST", Path: "/d05/f", Refuse: "550 No such file"}, bad: "d05/f", want: sync.ErrChanged},
		{name: "reply of another command", fault: ftpserver.Fault{Command: "MLST", Path: "/d05/f", Reply: "200 fine", Times: 1}},
		{name: "data connection refused", fault: ftpserver.Fault{Command: "ACTIVE|PASSIVE", Refuse: "425 no", Skip: 12, Times: 1}},
		{name: "busy in the middle", fault: ftpserver.Fault{Command: "RETR", Path: "/d05/f", Refuse: "421 too many", Close: true, Times: 1}},
	} {
		for _, mode := range []ftp.Mode{ftp.Passive, ftp.Active, ftp.Auto} {
			t.Run(tt.name+"/"+mode.String(), func(t *testing.T) {
				const n = 20
				h := manyFiles(t, ftpserver.Options{}, n, func(o *ftp.Options) { o.Retries, o.Connections, o.Mode = 2, 2, mode })
				run := h.all()
				armed := h.fault(tt.fault)
				texts, failed := h.readAll(run)
				if armed.Fired() == 0 {
					t.Error("the fault never struck")
				}
				for i, w := range run {
					err := failed[w.Path]
					switch {
					case w.Path == tt.bad:
						if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
							t.Errorf("%s: got %v, want %v", w.Path, err, tt.want)
						}
					case err != nil || texts[w.Path] != smallText(i):
						t.Errorf("%s: %d bytes, want %d, %v", w.Path, len(texts[w.Path]), len(smallText(i)), err)
					}
				}
			})
		}
	}
}

// TestAheadChanges holds that a file which changes right after its data came is
// not taken for what it was.
func TestAheadChanges(t *testing.T) {
	const n = 20
	h := manyFiles(t, ftpserver.Options{}, n, nil)
	run := h.all()
	armed := h.fault(ftpserver.Fault{Command: "MLST", Path: "/d05/f", Times: 1, Hook: func() { h.write("d05/f", "other") }})
	_, failed := h.readAll(run)
	h.fired(armed, 1)
	if len(failed) != 1 || !errors.Is(failed["d05/f"], sync.ErrChanged) {
		t.Errorf("got %v, want one that changed", failed)
	}
}

// TestAheadIsBounded holds that no more is read than somebody will soon want.
func TestAheadIsBounded(t *testing.T) {
	h := newFixture(t, ftpserver.Options{}, nil)
	const n = aheadFiles + 10
	for i := range n {
		h.write(fmt.Sprintf("f%02d", i), "text")
	}
	run := h.all()
	fetched := h.fault(ftpserver.Fault{Command: "RETR"})
	r := h.reader(run)
	src, err := r.Open(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	src.Close()
	r.ahead.halt(t.Context()) // it ends with the file that is under way
	r.Close()
	if got := fetched.Fired(); got > aheadFiles+1 {
		t.Errorf("%d files were read ahead", got)
	}
}

// TestAheadLetsGo holds that one session is enough, also where files are read in
// turn in both ways, skipped, or not wanted in the end.
func TestAheadLetsGo(t *testing.T) {
	const n = 12
	h := manyFiles(t, ftpserver.Options{}, n, func(o *ftp.Options) { o.Connections = 1 })
	run := h.all()
	r := h.reader(run)
	for _, step := range []struct {
		i      int
		offset int64
	}{{0, 0}, {2, 0}, {3, 10}, {3, 0}, {4, 0}, {4, 0}, {7, 20}, {8, 0}, {9, 0}} {
		text, _, err := read(t.Context(), r, step.i, step.offset)
		if want := smallText(step.i)[step.offset:]; err != nil || text != want {
			t.Errorf("file %d from %d: %d bytes, want %d, %v", step.i, step.offset, len(text), len(want), err)
		}
	}
	r.Close()
	s, err := h.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.Return(s)
}

// TestAheadOvertaken holds that nothing goes out behind a transfer any more with a
// server that ends one by what may be the reply to the next command, and that all
// comes from it nevertheless.
func TestAheadOvertaken(t *testing.T) {
	for _, dialect := range []ftpserver.Options{{}, {NoMLSD: true}} {
		const n = 20
		h := manyFiles(t, dialect, n, func(o *ftp.Options) { o.Connections = 2 })
		h.fault(ftpserver.Fault{Command: "RETR", Reply: "250 Complete."})
		if texts, failed := h.readAll(h.all()); len(texts) != n {
			t.Errorf("%d files came; errors: %v", len(texts), failed)
		}
		if h.features.Has(ftp.OverlapIsClear) {
			t.Error("commands still go out behind a transfer")
		}
		if h.features.BatchingStopped() {
			t.Error("commands go out one at a time")
		}
	}
}

// TestAheadComesToItsEnd reads runs that are longer than what is read ahead, of
// files that are answered for late or not at all: nobody waits for what only he can
// bring about.
func TestAheadComesToItsEnd(t *testing.T) {
	const n = aheadFiles + 20
	for _, tt := range []struct {
		name string
		size func(i int) int
		gone bool // the first file
	}{
		{"empty", func(int) int { return 0 }, false},
		{"empty behind one that is not", func(i int) int { return max(0, 1-i) }, false},
		{"every other one empty", func(i int) int { return i % 2 }, false},
		{"large", func(int) int { return aheadBytes / 8 }, false},
		{"large and empty", func(i int) int { return i % 2 * aheadBytes / 4 }, false},
		{"the first one is gone", func(int) int { return 1 }, true},
	} {
		for _, noMLSD := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", tt.name, noMLSD), func(t *testing.T) {
				h := newFixture(t, ftpserver.Options{NoMLSD: noMLSD}, nil)
				for i := range n {
					h.write(fmt.Sprintf("f%02d", i), string(make([]byte, tt.size(i))))
				}
				run := h.all()
				if tt.gone {
					h.fault(ftpserver.Fault{Command: "RETR", Path: "/f00", Refuse: "550 No such file"})
				}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				r := New(ctx, h, h.opts, run)
				defer r.Close()
				for i := range run {
					got, _, err := read(ctx, r, i, 0)
					if bad := tt.gone && i == 0; ctx.Err() != nil || (err != nil) != bad || !bad && len(got) != tt.size(i) {
						t.Fatalf("file %d: %d bytes, %v", i, len(got), err)
					}
				}
			})
		}
	}
}
