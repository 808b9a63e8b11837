package remote

import (
	"errors"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// A name that the listing leaves out is there when asked for.
func TestGoneAsksByName(t *testing.T) {
	for _, o := range []ftpserver.Options{{}, {NoMLSD: true, NoMFMT: true}} {
		h := newFixture(t, o)
		h.write("d/f", "x", "d/g", "y", "d/e/h", "z")
		h.fault(ftpserver.Fault{Command: "LISTING", Path: "/d", Listing: ftpserver.HideNames("[ef]")})
		tree := h.scan(sync.Look{})
		if tree.At("d/f").Exists() || tree.At("d/e").Exists() {
			t.Fatal("the listing hides nothing")
		}
		was := []manifest.Entry{{Kind: manifest.File}, {Kind: manifest.Dir}, {Kind: manifest.File}, {Kind: manifest.File}}
		errs := h.d.Gone(t.Context(), []manifest.Path{"d/f", "d/e", "d/e/h", "d/no"}, was)
		for i, err := range errs {
			if i < 3 && !errors.Is(err, sync.ErrPresent) || i == 3 && err != nil {
				t.Errorf("Gone %d: %v", i, err)
			}
		}
		for _, refuse := range []string{"450 busy", "550 Permission denied", "421 bye", "530 who are you?"} {
			h.server.Faults().Clear()
			h.fault(ftpserver.Fault{Command: "MLST|SIZE|CWD", Path: "/d/no", Refuse: refuse})
			if err := h.d.Gone(t.Context(), []manifest.Path{"d/no"}, was[:1])[0]; err == nil || errors.Is(err, sync.ErrPresent) {
				t.Errorf("with %q: %v, want an error that tells nothing", refuse, err)
			}
		}
	}
}

// On a server that answers no question about a single file, a name that the listing leaves
// out is there all the same if RNFR or CWD takes it. RNFR tells nothing where it takes every
// name.
func TestGoneWithoutQuestions(t *testing.T) {
	for _, takesAll := range []bool{false, true} {
		h := newFixture(t, ftpserver.Options{})
		h.write("d/f", "x", "d/g", "y", "d/e/h", "z")
		h.fault(ftpserver.Fault{Command: "MLST|SIZE|MDTM", Refuse: "550 No such file."})
		h.fault(ftpserver.Fault{Command: "LISTING", Path: "/d", Listing: ftpserver.HideNames("[ef]")})
		if takesAll {
			h.fault(ftpserver.Fault{Command: "RNFR", Refuse: "350 Go on."})
		}
		was := []manifest.Entry{{Kind: manifest.File}, {Kind: manifest.Dir}, {Kind: manifest.File}}
		errs := h.d.Gone(t.Context(), []manifest.Path{"d/f", "d/e", "d/no"}, was)
		if !takesAll && !errors.Is(errs[0], sync.ErrPresent) || !errors.Is(errs[1], sync.ErrPresent) || errs[2] != nil {
			t.Errorf("RNFR takes every name: %v; gone: %v", takesAll, errs)
		}
	}
}

// A refusal is no absence, not even before the server has told of any file: it tells of the
// others in that directory.
func TestGoneAsksForAnotherFile(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.write("d/g", "y")
	h.fault(ftpserver.Fault{Command: "MLST|SIZE|RNFR", Path: "/d/no", Refuse: "550 Permission denied"})
	if err := h.d.Gone(t.Context(), []manifest.Path{"d/no"}, []manifest.Entry{{Kind: manifest.File}})[0]; err == nil {
		t.Error("it is called gone")
	}
}
