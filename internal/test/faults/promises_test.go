package faults

import (
	"strings"
	"testing"

	"ferry/internal/cli"
	"ferry/internal/ftpserver"
)

// TestServerThatRenamesNothing has a server say yes to every rename and rename nothing, from
// the first pass on. No pass may call a file uploaded, and both sides keep what they have.
func TestServerThatRenamesNothing(t *testing.T) {
	for _, trash := range []string{"on", "off"} {
		for _, direction := range []string{"both", "push"} {
			t.Run(direction+", trash "+trash, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, ftpserver.Options{}, "--trash", trash)
				s.command = map[string]string{"both": "sync", "push": "push"}[direction]
				write(t, s.here, base)
				s.server.Faults().Add(ftpserver.Fault{Command: "RNTO", Refuse: "250 Rename successful."})
				for range 2 {
					r := s.sync()
					if r.exit != cli.ExitIncomplete || r.Uploaded > 0 || r.Failed != len(base) || !strings.Contains(r.out, "done nothing") {
						t.Errorf("a server that renames nothing: %s", r)
					}
					if here, there := read(t, s.here), read(t, s.there); len(here) != len(base) || len(there) > 0 {
						t.Errorf("%d files are here and %d there", len(here), len(there))
					}
				}
				s.server.Faults().Clear()
				if r := s.sync(); r.exit != cli.ExitOK || r.Uploaded != len(base) {
					t.Errorf("once it renames: %s", r)
				}

				edited := map[string]string{"up.bin": "edited", "same/a.txt": "edited, too"}
				write(t, s.here, edited)
				s.server.Faults().Add(ftpserver.Fault{Command: "RNTO", IfExists: true, Refuse: "250 Rename successful."})
				if r := s.sync(); r.exit != cli.ExitOK || r.Uploaded != len(edited) {
					t.Errorf("a server that renames only to new names: %s", r)
				}
				for name, content := range edited {
					if got := read(t, s.there)[name]; got != content {
						t.Errorf("%s holds %q there", name, got)
					}
				}
			})
		}
	}
}
