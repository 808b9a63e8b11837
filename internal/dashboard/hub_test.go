package dashboard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/daemon"
)

// A watch that hangs is shown as one, and not as no watch.
func TestHangingWatch(t *testing.T) {
	was := askTimeout
	askTimeout = 20 * time.Millisecond
	defer func() { askTimeout = was }()
	dir, err := os.MkdirTemp("", "d") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	claim, err := daemon.Acquire(filepath.Join(dir, "watch"), "key", "")
	if err != nil {
		t.Fatal(err)
	}
	defer claim.Close()
	goOn := make(chan struct{})
	defer close(goOn)
	claim.Serve(daemon.Handler{Report: func() daemon.Report { <-goOn; return daemon.Report{} }})
	h := newHub(Options{StateDir: dir, Now: time.Now})
	if v := h.one(t.Context(), "key"); v.Key != "key" || v.Fields["words"] != "its watch does not answer" || !strings.Contains(v.Fields["hint"], "process ") {
		t.Errorf("%+v", v)
	}
}
