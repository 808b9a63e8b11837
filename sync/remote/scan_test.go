package remote

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// One directory whose listing does not count is unknown, and only that one.
func TestScanUnknownDirectories(t *testing.T) {
	for _, fault := range []ftpserver.Fault{
		{Command: "LISTING", Listing: ftpserver.GarbleLine("g")},
		{Command: "LISTING", Listing: ftpserver.InsertLine(0, "Type=file;Size=1; f")},
		{Command: "LISTING", Listing: ftpserver.AppendLines("Type=file;Size=1; ../../etc/passwd")},
		{Command: "LISTING", Reply: "226 Transfer done (but failed to open directory)."},
		{Command: "LISTING", Reply: "226 Output truncated to 10000 matches"},
		{Command: "LISTING", Reply: "226 7 matches total"},
		{Command: "LISTING", Reply: "450 later"},
		{Command: "LISTING", Refuse: "550 no"},
		{Command: "LISTING", Data: ftpserver.CutAt(60), Reply: "226 Transfer complete"},
		{Command: "LISTING", Data: ftpserver.CutAt(60)},
		{Command: "CWD", Refuse: "550 no"},
	} {
		h := newFixture(t, ftpserver.Options{})
		h.write("a/f", "x", "b/f", "x", "b/g", "y", "b/c/h", "z")
		fault.Path = "/b"
		armed := h.fault(fault)
		tree := h.scan(sync.Look{})
		if armed.Fired() == 0 {
			t.Errorf("%+v never struck", fault)
		}
		if tree.Known("b/f") || !tree.Known("a/f") || !tree.At("a/f").IsFile() || !tree.At("b").IsDir() || len(tree.Problems()) != 1 {
			t.Errorf("%+v: known: b/f %v, a/f %v; problems %v", fault, tree.Known("b/f"), tree.Known("a/f"), tree.Problems())
		}
		some := h.scan(sync.Look{Dirs: []manifest.Path{"a", "b"}})
		if some.Known("b/f") || !some.At("a/f").IsFile() {
			t.Errorf("%+v: of some directories: b/f known %v", fault, some.Known("b/f"))
		}
	}
}

// Where the root's listing shows the directory itself, all must.
func TestScanWithoutItself(t *testing.T) {
	h := newFixture(t, ftpserver.Options{CdirInMLSD: true})
	h.write("a/f", "x", "b/f", "x")
	h.fault(ftpserver.Fault{Command: "LISTING", Path: "/b", Listing: func(lines []string) []string { return lines[2:] }})
	if tree := h.scan(sync.Look{}); tree.Known("b/f") || !tree.At("a/f").IsFile() {
		t.Errorf("problems: %v", tree.Problems())
	}
}

// A link to a directory above, which the server shows as a directory, is not
// followed.
func TestScanLoops(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.write("a/f", "x", "a/b/f", "x", "a/b/up/f", "x")
	unique := func(id map[string]string) func([]string) []string {
		return func(lines []string) []string {
			for i, line := range lines {
				lines[i] = "Unique=" + id[line[strings.Index(line, "; ")+2:]] + ";" + line
			}
			return lines
		}
	}
	h.fault(ftpserver.Fault{Command: "LISTING", Path: "/", Listing: unique(map[string]string{"a": "1"})})
	h.fault(ftpserver.Fault{Command: "LISTING", Path: "/a", Listing: unique(map[string]string{"b": "2", "f": "3"})})
	h.fault(ftpserver.Fault{Command: "LISTING", Path: "/a/b", Listing: unique(map[string]string{"up": "1", "f": "1"})})
	tree := h.scan(sync.Look{})
	if up := tree.At("a/b/up"); up.Kind != manifest.Other || tree.At("a/b/up/f").Exists() || !tree.At("a/b/f").IsFile() {
		t.Errorf("a/b/up is a %v", up.Kind)
	}
}

// Names that the server shows as question marks and does not know: nothing in
// that directory is called gone.
func TestScanMaskedNames(t *testing.T) {
	h := newFixture(t, ftpserver.Options{Encoding: charmap.ISO8859_1})
	h.write("d/\u65e5\u672c", "x", "d/plain", "x", "e/what?", "x")
	tree := h.scan(sync.Look{})
	if tree.At("d/??").Exists() || !tree.At("d").Holds || !tree.At("d/plain").IsFile() || !tree.At("e/what?").IsFile() {
		t.Errorf("problems: %v", tree.Problems())
	}
	errs := h.d.Gone(t.Context(), []manifest.Path{"d/gone", "e/gone"}, make([]manifest.Entry, 2))
	if errs[0] == nil || errors.Is(errs[0], sync.ErrPresent) || errs[1] != nil {
		t.Errorf("Gone: %v", errs)
	}
}

// A directory that had something and shows nothing is listed again on another
// session.
func TestScanEmptyTwice(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.write("d/f", "x")
	had := sync.Look{HadChildren: func(p manifest.Path) bool { return p == "d" }}
	once := h.fault(ftpserver.Fault{Command: "LISTING", Path: "/d", Listing: ftpserver.EmptyListing, Times: 1})
	if !h.scan(had).At("d/f").IsFile() {
		t.Error("a listing that was empty once is believed")
	}
	h.fired(once, 1)
	always := h.fault(ftpserver.Fault{Command: "LISTING", Path: "/d", Listing: ftpserver.EmptyListing})
	if tree := h.scan(had); tree.At("d/f").Exists() || !tree.Known("d/f") {
		t.Error("a listing that is empty twice is not believed")
	}
	h.fired(always, 2)
}
