package remote

import (
	"errors"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
)

// TestRefusedRenameIsWaitedForOnce has a server refuse renames for good. The first refusal is
// waited for, since a server may rename a moment later. The others are believed.
func TestRefusedRenameIsWaitedForOnce(t *testing.T) {
	for _, reply := range []string{"550 Permission denied.", "553 Not allowed.", "502 Not implemented.", "501 What?"} {
		t.Run(reply, func(t *testing.T) {
			t.Parallel()
			h := newFixture(t, ftpserver.Options{})
			h.fault(ftpserver.Fault{Command: "RNTO", Refuse: reply})
			waited := func() int {
				h.d.server.late.mu.Lock()
				defer h.d.server.late.mu.Unlock()
				return h.d.server.late.fruitless
			}
			for want := range 3 {
				if got := waited(); got != min(want, 1) {
					t.Errorf("after %d uploads it waited %d times", want, got)
				}
				var refused *ftp.Error
				if out := h.apply(h.put("a", "first", manifest.Entry{}))[0]; !errors.As(out.Err, &refused) || refused.Code/100 != 5 {
					t.Fatalf("the upload ended with %v", out.Err)
				}
			}
			if !h.d.server.features.Proven(ftp.KeepsRefusals) {
				t.Error("it is not known that the server keeps to its refusals")
			}
		})
	}
}
