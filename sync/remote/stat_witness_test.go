package remote

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// sent returns how often the server got each of these commands since the transcript was
// cleared.
func (h *fixture) sent(verbs ...string) (n int) {
	for _, line := range h.server.Transcript() {
		_, command, is := strings.Cut(line, "> ")
		verb, _, _ := strings.Cut(command, " ")
		if is && slices.Contains(verbs, verb) {
			n++
		}
	}
	return n
}

// Names that are gone cost no listing where a file that the last listing showed proves that
// the server tells of files. Where that file has vanished, or the server tells nothing of
// it, a new listing decides. In no case is a file that is there called gone.
func TestGoneAsksForAWitness(t *testing.T) {
	notFound := "550 No such file or directory."
	spaced := func(arg string) bool { return strings.Contains(arg, " ") }
	for _, tt := range []struct {
		name    string
		files   []string // on the server, beside those that are asked for
		vanish  bool     // they do so after the listing
		faults  []ftpserver.Fault
		asked   []manifest.Path // are gone
		apart   bool            // one question each
		listed  bool
		trusted []manifest.Path // paths like these are asked for without a witness from then on
	}{
		{name: "a plain name", files: []string{"b"}, asked: []manifest.Path{"x", "d/y"}, trusted: []manifest.Path{"x"}},
		{name: "a name with a space", files: []string{"a b", "b"}, asked: []manifest.Path{"x y"}, trusted: []manifest.Path{"x", "x y"}},
		{name: "both", files: []string{"a b"}, asked: []manifest.Path{"x", "x y", "d e/z"}, trusted: []manifest.Path{"x", "x y"}},
		{name: "a name with a space, later", files: []string{"a b", "b"}, asked: []manifest.Path{"x", "x y"}, apart: true, trusted: []manifest.Path{"x", "x y"}},
		{name: "no file with a space is left", files: []string{"b"}, asked: []manifest.Path{"x y"}, listed: true},
		{name: "no file is left", asked: []manifest.Path{"x"}, listed: true},
		{name: "the witness has vanished", files: []string{"a b", "b"}, vanish: true, asked: []manifest.Path{"x", "x y"}, listed: true},
		{name: "the server tells of no file", files: []string{"a b", "b"}, faults: []ftpserver.Fault{{Command: "MLST|SIZE", Refuse: notFound}},
			asked: []manifest.Path{"x", "x y"}, listed: true},
		{name: "the server tells of no path with a space", files: []string{"a b", "b"},
			faults: []ftpserver.Fault{{Command: "MLST|SIZE|MDTM", Argument: spaced, Refuse: notFound}}, asked: []manifest.Path{"x", "x y"}, listed: true,
			trusted: []manifest.Path{"x"}},
	} {
		for form, o := range map[string]ftpserver.Options{"MLST": {}, "SIZE": {NoMLSD: true}} {
			t.Run(tt.name+", "+form, func(t *testing.T) {
				h := newFixture(t, o)
				for _, name := range tt.files {
					h.write(name, "there")
				}
				for _, dir := range []string{"d", "d e"} {
					if err := os.MkdirAll(filepath.Join(h.root, dir), 0o755); err != nil {
						t.Fatal(err)
					}
				}
				h.scan(sync.Look{})
				for _, name := range tt.files {
					if tt.vanish {
						if err := os.Remove(filepath.Join(h.root, name)); err != nil {
							t.Fatal(err)
						}
					}
				}
				for _, fault := range tt.faults {
					h.fault(fault)
				}
				h.server.ClearTranscript()
				was := slices.Repeat([]manifest.Entry{{Kind: manifest.File}}, len(tt.asked))
				together := len(tt.asked)
				if tt.apart {
					together = 1
				}
				for paths := range slices.Chunk(tt.asked, together) {
					for i, err := range h.d.Gone(t.Context(), paths, was[:len(paths)]) {
						if err != nil {
							t.Errorf("%s: %v", paths[i], err)
						}
					}
				}
				if listed := h.sent("MLSD", "LIST") > 0; listed != tt.listed {
					t.Errorf("listed: %v, want %v\n%s", listed, tt.listed, strings.Join(h.server.Transcript(), "\n"))
				}
				f := h.d.server.features
				for _, p := range []manifest.Path{"x", "x y"} {
					if got, want := f.Trusts(f.StatQuirk(), "/"+string(p)), slices.Contains(tt.trusted, p); got != want {
						t.Errorf("a path like %q is trusted: %v, want %v", p, got, want)
					}
				}
				if tt.vanish && (!f.Has(ftp.MLSTWorks) || !f.Has(ftp.SIZEWorks)) {
					t.Error("a file that has vanished proves something")
				}
				if tt.vanish || len(tt.files) == 0 {
					return
				}
				still := h.d.Gone(t.Context(), []manifest.Path{manifest.Path(tt.files[0])}, was[:1])
				if !errors.Is(still[0], sync.ErrPresent) {
					t.Errorf("a file that is there: %v", still[0])
				}
			})
		}
	}
}

// A root that is missing is believed to be so: nothing is destroyed by that. Neither a listing
// nor a rename is spent on it, but by a server that refuses to tell.
func TestMissingRootIsBelieved(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server ftpserver.Options
		fault  ftpserver.Fault
		lists  int
	}{
		{name: "MLST"},
		{name: "SIZE", server: ftpserver.Options{NoMLSD: true}, lists: 1},
		{name: "neither", server: ftpserver.Options{NoMLSD: true, NoSIZE: true, NoMDTM: true}, lists: 2},
		{name: "MLST refuses to tell", fault: ftpserver.Fault{Command: "MLST", Refuse: "550 Permission denied."}, lists: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFixture(t, tt.server)
			if tt.fault.Command != "" {
				h.fault(tt.fault)
			}
			d := open(t, h.server.Addr(), "ferry", "secret", "not/there", func(*Options) {})
			h.server.ClearTranscript()
			state, err := d.Root(t.Context(), false)
			if err != nil || state.Kind != manifest.None {
				t.Fatalf("%+v, %v", state, err)
			}
			if lists, renames := h.sent("MLSD", "LIST"), h.sent("RNFR"); lists > tt.lists || renames > 0 {
				t.Errorf("%d listings, want at most %d; %d renames\n%s", lists, tt.lists, renames, strings.Join(h.server.Transcript(), "\n"))
			}
			if state, err = d.Root(t.Context(), true); err != nil || state.Kind != manifest.Dir {
				t.Errorf("%+v, %v", state, err)
			}
		})
	}
}
