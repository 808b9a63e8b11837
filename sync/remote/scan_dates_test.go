package remote

import (
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// Where LIST is all there is, MDTM is asked for what is new or looks changed,
// and the times of the others are those of the past.
func TestScanAsksForTimesOnce(t *testing.T) {
	h := newFixture(t, ftpserver.Options{NoMLSD: true, NoMFMT: true, Zone: time.FixedZone("", -5*3600)})
	h.write("a", "x", "b", "x", "d/c", "x", "young", "x")
	old := time.Date(2025, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, name := range []string{"a", "b", "d/c"} {
		h.touch(name, old)
	}
	asked := func(look sync.Look) (*manifest.Tree, string) {
		h.server.ClearTranscript()
		tree := h.scan(look)
		var files []string
		for _, line := range h.server.Transcript() {
			if _, name, ok := strings.Cut(line, "> MDTM /"); ok {
				files = append(files, name)
			}
		}
		return tree, strings.Join(files, " ")
	}
	tree, files := asked(sync.Look{})
	if files != "a b young d/c" {
		t.Errorf("the first scan asks for %q", files)
	}
	if got := tree.At("a"); got.Time() != old || got.Precision != manifest.Second {
		t.Errorf("time of a: %v", got.Time())
	}
	past := sync.Look{Past: tree.At}
	again, files := asked(past)
	if files != "young" {
		t.Errorf("the second scan asks for %q", files)
	}
	for p, e := range tree.All() {
		if again.At(p) != e {
			t.Errorf("%s: %+v, then %+v", p, e, again.At(p))
		}
	}
	h.touch("b", old.Add(24*time.Hour))
	h.write("d/c", "xx")
	h.touch("d/c", old)
	changed, files := asked(past)
	if files != "b young d/c" {
		t.Errorf("after changes the scan asks for %q", files)
	}
	if got := changed.At("b").Time(); got != old.Add(24*time.Hour) {
		t.Errorf("time of b: %v", got)
	}
}

// A file whose time the server does not tell is unknown, not changed.
func TestScanWithoutATime(t *testing.T) {
	h := newFixture(t, ftpserver.Options{NoMLSD: true})
	h.write("a", "x", "b", "x")
	h.fault(ftpserver.Fault{Command: "MDTM", Path: "/a", Refuse: "550 no"})
	if tree := h.scan(sync.Look{}); tree.Known("a") || !tree.At("b").IsFile() {
		t.Errorf("problems: %v", tree.Problems())
	}
	h.server.Faults().Clear()
	h.fault(ftpserver.Fault{Command: "MDTM", Refuse: "502 not here"})
	tree := h.scan(sync.Look{})
	if e := tree.At("a"); e.Precision != manifest.Minute || e.Shown == 0 || len(tree.Problems()) != 0 {
		t.Errorf("without MDTM: %+v, problems %v", e, tree.Problems())
	}
}
