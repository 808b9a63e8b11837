package read

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/sync"
)

// A download that breaks off goes on where it was; so does one that the server calls
// complete although bytes are missing, but not again and again. One that grew is
// refused.
func TestReadBrokenTransfers(t *testing.T) {
	text := strings.Repeat("0123456789", 50_000)
	for _, tt := range []struct {
		fault ftpserver.Fault
		good  bool
	}{
		{ftpserver.Fault{Data: ftpserver.CutAt(200_000), Times: 1}, true},
		{ftpserver.Fault{Data: ftpserver.ResetAt(200_000), Times: 2}, true},
		{ftpserver.Fault{Refuse: "450 busy", Times: 1}, true},
		{ftpserver.Fault{Refuse: "550 no"}, false},
		{ftpserver.Fault{Data: ftpserver.ShortenTo(200_000), Times: 1}, true},
		{ftpserver.Fault{Data: ftpserver.ShortenTo(50_000)}, false},
		{ftpserver.Fault{Data: ftpserver.CutAt(200_000), Reply: "226 done", Times: 2}, true},
		{ftpserver.Fault{Data: ftpserver.CutAt(50_000), Reply: "226 done"}, false},
		{ftpserver.Fault{Reply: "426 broken", Times: 1}, true},
		{ftpserver.Fault{Lose: true, Times: 1}, true},
		{ftpserver.Fault{Reply: "550 it was not good"}, false},
	} {
		h := newFixture(t, ftpserver.Options{}, nil)
		h.write("f", text)
		w := h.wanted("f")
		tt.fault.Command = "RETR"
		armed := h.fault(tt.fault)
		got, sum, err := h.read(w)
		if armed.Fired() == 0 {
			t.Errorf("%+v never struck", tt.fault)
		}
		if (err == nil) != tt.good {
			t.Errorf("%+v: %v", tt.fault, err)
		}
		want := sha256.Sum256([]byte(text))
		if tt.good && (got != text || sum != "" && sum != string(want[:])) {
			t.Errorf("%+v: read %d bytes of %d", tt.fault, len(got), len(text))
		}
	}
}

// A file of size 0 is never asked for: it may be a pipe, which stops the server.
func TestReadNothing(t *testing.T) {
	h := newFixture(t, ftpserver.Options{}, nil)
	h.write("f", "")
	armed := h.fault(ftpserver.Fault{Command: "RETR", Stall: true})
	text, _, err := h.read(h.wanted("f"))
	if text != "" || err != nil {
		t.Errorf("read %q, %v", text, err)
	}
	h.fired(armed, 0)
}

// A file that is replaced by one of equal size and time while its transfer is broken is
// not put together from both.
func TestReadDoesNotSplice(t *testing.T) {
	for _, hash := range []bool{false, true} {
		h := newFixture(t, ftpserver.Options{}, nil)
		h.tellsHash = hash
		h.write("f", randomContent(1_500_000))
		w := h.wanted("f")
		other := randomContent(1_500_001)[1:]
		h.fault(ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(200_000), Times: 1, Hook: func() {
			path := filepath.Join(h.root, "f")
			info, err := os.Stat(path)
			if err == nil {
				err = errors.Join(os.WriteFile(path, []byte(other), 0o666), os.Chtimes(path, info.ModTime(), info.ModTime()))
			}
			if err != nil {
				t.Error(err)
			}
		}})
		if got, _, err := h.read(w); !errors.Is(err, sync.ErrChanged) {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
	}
}

// Where not everything came in one transfer, the server is asked for the hash.
func TestReadAsksForTheHashOfABrokenTransfer(t *testing.T) {
	for _, broken := range []bool{false, true} {
		h := newFixture(t, ftpserver.Options{}, func(o *ftp.Options) { o.Connections = 1 })
		h.tellsHash = true
		text := randomContent(1_500_000)
		h.write("f", text)
		w, want := h.wanted("f"), ""
		if broken {
			h.fault(ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(200_000), Times: 1})
			sum := sha256.Sum256([]byte(text))
			want = string(sum[:])
		}
		if got, sum, err := h.read(w); err != nil || got != text || sum != want {
			t.Errorf("broken %v: read %d bytes, sum %x, %v", broken, len(got), sum, err)
		}
	}
}

// TestReadOneCommandAtATime makes the tests of broken transfers once more.
func TestReadOneCommandAtATime(t *testing.T) {
	pipelineOfTests = ftp.PipelineOff
	defer func() { pipelineOfTests = ftp.PipelineOn }()
	t.Run("broken transfers", TestReadBrokenTransfers)
}
