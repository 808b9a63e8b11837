package remote

import (
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
)

// A server that was seen to rename at once, and refuses to rename over a file, means what it
// says: the upload goes on without a wait. If it renames later all the same, nothing is lost
// by that.
func TestRefusedRenameOver(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault ftpserver.Fault
	}{
		{"never done", ftpserver.Fault{Command: "RNTO", IfExists: true, Refuse: "550 File exists."}},
		{"never done, 553", ftpserver.Fault{Command: "RNTO", IfExists: true, Refuse: "553 File exists."}},
		{"done at once", ftpserver.Fault{Command: "RNTO", IfExists: true, Later: time.Nanosecond, Refuse: "553 File exists."}},
		{"done a moment later", ftpserver.Fault{Command: "RNTO", IfExists: true, Later: 2 * time.Millisecond, Refuse: "553 File exists."}},
		{"done later", ftpserver.Fault{Command: "RNTO", IfExists: true, Later: 30 * time.Millisecond, Refuse: "553 File exists."}},
	} {
		for form, o := range map[string]ftpserver.Options{"MLST": {}, "SIZE": {NoMLSD: true}} {
			t.Run(tt.name+", "+form, func(t *testing.T) {
				h := newFixture(t, o)
				h.fault(tt.fault)
				h.done(h.apply(h.put("a", "first", manifest.Entry{})))
				was := h.d.server.late.fruitless
				seen, err := h.d.server.statPlaces(t.Context(), "test", place{Name: "a"})
				if err != nil {
					t.Fatal(err)
				}
				out := h.apply(h.put("a", "second", seen[0].entry))[0]
				h.d.server.late.mu.Lock()
				waited := h.d.server.late.fruitless - was
				h.d.server.late.mu.Unlock()
				if waited > 0 {
					t.Errorf("it waits %d times\n%s", waited, strings.Join(h.server.Transcript(), "\n"))
				}
				if tt.fault.Later == 0 && out.Err != nil {
					t.Error(out.Err)
				}
				if works, known := h.d.server.features.Known(ftp.RenamesOver); tt.fault.Later == 0 && (works || !known) {
					t.Error("it is not known that the server does not rename over files")
				}
				h.holds("a", "second") // whatever the outcome
			})
		}
	}
}
