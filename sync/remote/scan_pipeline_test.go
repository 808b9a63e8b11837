package remote

import (
	"fmt"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestScanAheadFaults takes a walk over a server that fails at one listing.
func TestScanAheadFaults(t *testing.T) {
	for _, tt := range []struct {
		name    string
		fault   ftpserver.Fault
		unknown bool
	}{
		{"cut once", ftpserver.Fault{Command: "LISTING", Path: "/d05", Data: ftpserver.CutAt(7), Times: 1}, false},
		{"cut", ftpserver.Fault{Command: "LISTING", Path: "/d05", Data: ftpserver.CutAt(7)}, true},
		{"cut with 226", ftpserver.Fault{Command: "LISTING", Path: "/d05", Data: ftpserver.CutAt(7), Reply: "226 done"}, true},
		{"not well", ftpserver.Fault{Command: "LISTING", Path: "/d05", Reply: "226 done (but failed to open directory)"}, true},
		{"refused in the end", ftpserver.Fault{Command: "LISTING", Path: "/d05", Reply: "550 no"}, true},
		{"busy in the end, once", ftpserver.Fault{Command: "LISTING", Path: "/d05", Reply: "451 not now", Times: 1}, false},
		{"lost once", ftpserver.Fault{Command: "LISTING", Path: "/d05", Lose: true, Times: 1}, false},
		{"cannot be entered", ftpserver.Fault{Command: "CWD", Path: "/d05", Refuse: "550 Permission denied"}, true},
		{"times refused once", ftpserver.Fault{Command: "MDTM", Path: "/d05/f", Lose: true, Times: 1}, false},
	} {
		for _, dialect := range []ftpserver.Options{{}, {NoMLSD: true}} {
			for _, mode := range []ftp.Mode{ftp.Passive, ftp.Auto} {
				t.Run(fmt.Sprintf("%s/%v/%v", tt.name, dialect.NoMLSD, mode), func(t *testing.T) {
					const n = 20
					h := manyFiles(t, dialect, n, func(o *Options) { o.Retries, o.Connections, o.Mode = 2, 2, mode })
					armed := h.fault(tt.fault)
					tree := h.scan(sync.Look{})
					if armed.Fired() == 0 && (dialect.NoMLSD || tt.fault.Command != "MDTM") {
						t.Error("the fault never struck")
					}
					for i := range n {
						p := manifest.Path(fmt.Sprintf("d%02d/f", i))
						if bad := tt.unknown && i == 5; bad == tree.At(p).IsFile() || bad == tree.Known(p) {
							t.Errorf("%s: %v, known: %v", p, tree.At(p), tree.Known(p))
						}
					}
				})
			}
		}
	}
}
