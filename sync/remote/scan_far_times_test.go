package remote

import (
	"strings"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestFarTimes checks that a file whose time is broken, or too far away, has no time, and
// that it and the files beside it are read and replaced like others.
func TestFarTimes(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    ftpserver.Options
		time string // in place of that of the file x
		far  bool   // it is a date: that it changes is seen
	}{
		{"MLSD, 2300", ftpserver.Options{}, "23000101000000", true},
		{"MLSD, the year 0", ftpserver.Options{}, "00000101000000", true},
		{"MLSD, 9999", ftpserver.Options{}, "99991231235959", true},
		{"MLSD, before Christ", ftpserver.Options{}, "-47130101000000", false},
		{"MLSD, a year of many digits", ftpserver.Options{}, "2922770265960101000000", false},
		{"MLSD, no day", ftpserver.Options{}, "19800000000000", false},
		{"MDTM, 2300", ftpserver.Options{NoMLSD: true}, "23000101000000", true},
		{"MDTM, no day", ftpserver.Options{NoMLSD: true}, "19800000000000", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFixture(t, tt.o)
			h.write("x", "old", "y", "y", "d/z", "z")
			h.fault(ftpserver.Fault{Command: "MLSD", Path: "/", Listing: func(lines []string) []string {
				for i, line := range lines {
					if facts, isX := strings.CutSuffix(line, " x"); isX {
						before, _, _ := strings.Cut(facts, "Modify=")
						lines[i] = before + "Modify=" + tt.time + "; x"
					}
				}
				return lines
			}})
			h.fault(ftpserver.Fault{Command: "MDTM", Path: "/x", Reply: "213 " + tt.time})
			h.fault(ftpserver.Fault{Command: "MLST", Path: "/x", Reply: "250-File details\n Type=file;Size=3;Modify=" + tt.time + "; x\n250 End"})
			tree := h.scan(sync.Look{})
			x := tree.At("x")
			if !x.IsFile() || x.Size != 3 || x.Precision != manifest.NoTime || !x.Time().IsZero() {
				t.Errorf("x is %+v", x)
			}
			if !tree.At("y").IsFile() || !tree.At("d/z").IsFile() || len(tree.Problems()) > 0 {
				t.Errorf("problems %v", tree.Problems())
			}
			again := h.scan(sync.Look{Past: func(p manifest.Path) manifest.Entry { return tree.At(p) }})
			if now := again.At("x"); !manifest.Unchanged(x, now) {
				t.Errorf("x was %+v and is %+v", x, now)
			}
			h.server.Faults().Clear()
			if now := h.scan(sync.Look{}).At("x"); tt.far && manifest.Unchanged(x, now) {
				t.Errorf("x was %+v and is %+v: not changed?", x, now)
			}
			h.done(h.apply(h.put("x", "new", h.scan(sync.Look{}).At("x"))))
			h.holds("d/z", "z", "x", "new", "y", "y")
		})
	}
}
