package remote

import (
	"errors"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
)

// On a server that only lists and tells sizes, a name that the listing leaves out is found all
// the same, and once the server has told the size of a file that is there, that costs no round
// trip.
func TestStatAsksWithTheListing(t *testing.T) {
	listsOnly := ftpserver.Options{NoMLSD: true, NoMDTM: true, NoMFMT: true}
	for _, tt := range []struct {
		name   string
		server ftpserver.Options
		fault  ftpserver.Fault
		serial bool // one command at a time
		free   bool // no rename is asked for
	}{
		{name: "SIZE tells", server: listsOnly, free: true},
		{name: "SIZE fails for every file", server: listsOnly, fault: ftpserver.Fault{Command: "SIZE", Refuse: "550 File not found."}},
		{name: "SIZE is denied for every file", server: listsOnly, fault: ftpserver.Fault{Command: "SIZE", Refuse: "550 Permission denied."}},
		{name: "no SIZE", server: ftpserver.Options{NoMLSD: true, NoMDTM: true, NoMFMT: true, NoSIZE: true}},
		{name: "one command at a time", server: listsOnly, serial: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFixture(t, tt.server)
			if tt.serial {
				h.d = open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Pipeline = ftp.PipelineOff })
			}
			h.write("d/shown", "x", "d/hidden", "y", "d/hide/f", "z")
			h.fault(ftpserver.Fault{Command: "LISTING", Path: "/d", Listing: ftpserver.HideNames("hid*")})
			if tt.fault.Command != "" {
				h.fault(tt.fault)
			}
			stat := func(names ...string) []stat {
				t.Helper()
				var places []place
				for _, name := range names {
					places = append(places, place{Dir: "/d", Name: name})
				}
				seen, err := h.d.server.statPlaces(t.Context(), "test", places...)
				if err != nil {
					t.Fatal(err)
				}
				return seen
			}
			seen := stat("shown", "hidden", "hide", "gone")
			if seen[0].err != nil || seen[0].entry.Kind != manifest.File || seen[0].entry.Size != 1 {
				t.Errorf("a file: %+v", seen[0])
			}
			for _, hidden := range seen[1:3] {
				if !errors.Is(hidden.err, errHidden) {
					t.Errorf("what the listing leaves out: %+v", hidden)
				}
			}
			if seen[3].err != nil || seen[3].entry.Exists() {
				t.Errorf("nothing: %+v", seen[3])
			}
			h.server.ClearTranscript()
			if seen := stat("shown", "gone", "gone too"); seen[1].err != nil || seen[2].err != nil || !seen[0].entry.Exists() {
				t.Errorf("got %+v", seen)
			}
			if free := h.sent("RNFR") == 0; free != tt.free {
				t.Errorf("without another round trip: %v, want %v", free, tt.free)
			}
		})
	}
}
