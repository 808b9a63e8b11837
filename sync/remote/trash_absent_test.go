package remote

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/internal/ftpserver"
)

// TestTrashThatIsNotThere lists the trash where ferry's own directory is not there, or is
// empty, on servers that refuse to list the root or empty directories. That is no error.
func TestTrashThatIsNotThere(t *testing.T) {
	basic := ftpserver.Options{NoMLSD: true, NoSIZE: true, NoMDTM: true}
	for _, test := range []struct {
		name    string
		options ftpserver.Options
		fault   ftpserver.Fault
		made    string // a directory
	}{
		{"no listings at all", basic, ftpserver.Fault{Command: "LISTING", Refuse: "550 Permission denied."}, ""},
		{"no listings at all, MLST", ftpserver.Options{}, ftpserver.Fault{Command: "LISTING", Refuse: "550 Permission denied."}, ""},
		{"an empty directory is refused", basic, ftpserver.Fault{Command: "LISTING", IfEmpty: true, Refuse: "550 No files found."}, ".ferry"},
		{"an empty directory is refused for now", ftpserver.Options{}, ftpserver.Fault{Command: "LISTING", IfEmpty: true, Refuse: "450 No files found."}, ".ferry"},
	} {
		h := newFixture(t, test.options)
		h.server.Faults().Add(test.fault)
		if err := os.MkdirAll(filepath.Join(h.root, test.made), 0o755); err != nil {
			t.Fatal(err)
		}
		if things, err := h.d.Trashed(t.Context(), time.Time{}); err != nil || len(things) != 0 {
			t.Errorf("%s: %v, %v", test.name, things, err)
		}
	}
}
