package remote

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestLateServer has servers do, or show, later what they were told to. Each step must be done, nothing may be sent
// twice, and the second round must do without failed looks.
func TestLateServer(t *testing.T) {
	const delay = 60 * time.Millisecond
	for _, fault := range []ftpserver.Fault{
		{Command: "STOR", Later: delay},
		{Command: "STOR", Later: delay, Empty: true},
		{Command: "RNTO", Later: delay},
		{Command: "RNTO", Later: delay, Refuse: "553 Rename failed."},
		{Command: "RNTO", Later: delay, Refuse: "550 Rename failed."},
		{Command: "RNTO", Later: delay, Refuse: "450 Busy."},
		{Command: "DELE|RMD", Later: delay},
		{Command: "MKD", Later: delay},
		{Command: "DELE|RMD|RNTO|STOR", Later: delay},
	} {
		for _, server := range []ftpserver.Options{{}, {NoMLSD: true}} {
			t.Run(fmt.Sprintf("%s %s empty %v MLSD %v", fault.Command, fault.Refuse, fault.Empty, !server.NoMLSD), func(t *testing.T) {
				t.Parallel()
				h := newFixture(t, server)
				h.write("a", "old a", "b", "b", "gone", "x", "d/f", "old f")
				if err := os.Mkdir(filepath.Join(h.root, "empty"), 0o755); err != nil {
					t.Fatal(err)
				}
				tree := h.scan(sync.Look{})
				h.fault(fault)
				h.server.ClearTranscript()
				for _, step := range []sync.Step{
					{Op: sync.MkDir, Path: "made", Want: manifest.Entry{Kind: manifest.Dir}},
					h.put("made/new", "new", manifest.Entry{}), h.put("a", "new a", tree.At("a")),
					{Op: sync.Move, From: "b", Path: "made/b", Expect: tree.At("b")},
					{Op: sync.Remove, Path: "gone", Expect: tree.At("gone")},
					{Op: sync.RmDir, Path: "empty", Expect: manifest.Entry{Kind: manifest.Dir}},
				} {
					if out := h.apply(step)[0]; out.Err != nil {
						t.Errorf("%v %s: %v", step.Op, step.Path, out.Err)
					}
				}
				h.holds("a", "new a", "d/f", "old f", "made/b", "b", "made/new", "new")
				if h.d.server.features.Has(ftp.ShowsChangesAtOnce) {
					t.Error("it is not known that the server is late")
				}
				sent := 0
				for _, line := range h.server.Transcript() {
					if strings.Contains(line, "> STOR") && strings.HasSuffix(line, ".part") {
						sent++
					}
				}
				if sent != 2 {
					t.Errorf("%d files were sent", sent)
				}
				if t.Failed() {
					t.Log(strings.Join(h.server.Transcript(), "\n"))
				}
			})
		}
	}
}

// TestDirectoryEmptyLater removes a file and its directory on a server that has always done at once what it said, and
// now takes its time.
func TestDirectoryEmptyLater(t *testing.T) {
	for _, trash := range []bool{false, true} {
		t.Run(fmt.Sprintf("trash %v", trash), func(t *testing.T) {
			h := newFixture(t, ftpserver.Options{})
			h.write("d/f", "f", "before", "x")
			tree := h.scan(sync.Look{})
			for _, p := range []ftp.Quirk{ftp.RenamesFiles, ftp.DeletesFiles} {
				h.d.server.features.Observe(p, true)
			}
			h.fault(ftpserver.Fault{Command: "RNTO|DELE", Later: 60 * time.Millisecond})
			for _, out := range h.apply(
				sync.Step{Op: sync.Remove, Path: "d/f", Expect: tree.At("d/f"), Trash: trash},
				sync.Step{Op: sync.RmDir, Path: "d", Expect: manifest.Entry{Kind: manifest.Dir}},
			) {
				if out.Err != nil {
					t.Error(out.Err)
				}
			}
			h.holds("before", "x")
		})
	}
}

// TestServerThatIsNeverLate waits in vain only a few times.
func TestServerThatIsNeverLate(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	looks := 0
	for range 5 {
		h.d.server.showsLater(t.Context(), LookAgain, func(context.Context) bool { looks++; return false })
	}
	if looks != mostFruitless*len(LookAgain) || h.d.server.isLate() {
		t.Errorf("%d looks, late: %v", looks, h.d.server.isLate())
	}
}
