package remote

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// copyFor names the conflict copies of these tests.
func copyFor(p manifest.Path) func(manifest.Entry) manifest.Path {
	return func(manifest.Entry) manifest.Path { return p + ".copy" }
}

// saveAt has somebody save a file when the server is about to rename its old version away,
// which is after the last look.
func (h *fixture) saveAt(name, content string) *ftpserver.Armed {
	return h.fault(ftpserver.Fault{Command: "RNFR", Path: "/" + name, IfExists: true, Times: 1, Hook: func() { h.write(name, content) }})
}

// TestOldAwayAndNewInGoTogether holds that the name of a file which is replaced is free
// for no round trip: both renames go out in one write.
func TestOldAwayAndNewInGoTogether(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.d.server.features.Observe(ftp.ForgetsRNFR, true)
	names := []string{"a", "b", "d/c"}
	for range 2 { // the second time the directories of the trash are proven
		var steps []sync.Step
		for _, name := range names {
			h.write(name, "old "+name)
		}
		tree := h.scan(sync.Look{})
		for _, name := range names {
			step := h.put(manifest.Path(name), "the new version of "+name, tree.At(manifest.Path(name)))
			step.Trash = true
			steps = append(steps, step)
		}
		h.server.ClearTranscript()
		h.done(h.apply(steps...))
		var renames []string
		for _, line := range h.server.Transcript() {
			if i := strings.Index(line, "RN"); i >= 0 && (strings.Contains(line, "RNFR /") || strings.Contains(line, "RNTO /")) {
				renames = append(renames, line[i:])
			}
		}
		for _, name := range names {
			i := slices.Index(renames, "RNFR /"+name)
			if i < 0 || i+3 >= len(renames) || !strings.HasPrefix(renames[i+1], "RNTO /.ferry/") || renames[i+3] != "RNTO /"+name {
				t.Errorf("%s was not replaced by four commands in a row:\n%s", name, strings.Join(renames, "\n"))
			}
		}
		h.holds("a", "the new version of a", "b", "the new version of b", "d/c", "the new version of d/c")
	}
}

// TestEditInTheLastMoment saves a file between the last look and the rename, and holds
// that no version is lost, whatever the server can do.
func TestEditInTheLastMoment(t *testing.T) {
	servers := map[string]ftpserver.Options{
		"plain":                      {},
		"several renames in a batch": {},
		"without MLST":               {NoMLSD: true},
		"without MLST and SIZE":      {NoMLSD: true, NoSIZE: true},
		"renames over no file":       {NoOverwrite: true},
		"one command at a time":      {},
	}
	for name, o := range servers {
		for _, what := range []string{"replaced", "removed", "nothing in the last moment"} {
			t.Run(name+"/"+what, func(t *testing.T) {
				h := newFixture(t, o)
				if strings.HasPrefix(name, "one command") {
					h.d = open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Pipeline = ftp.PipelineOff })
				}
				if strings.HasPrefix(name, "several") {
					h.d.server.features.Observe(ftp.ForgetsRNFR, true)
				}
				h.write("f", "first", "g", "first g")
				old := time.Now().Add(-time.Hour)
				h.touch("f", old)
				h.touch("g", old)
				tree := h.scan(sync.Look{})
				step := sync.Step{Op: sync.Remove, Path: "f", Expect: tree.At("f"), Trash: true}
				if what != "removed" {
					step = h.put("f", "ours", tree.At("f"))
					step.Trash, step.Copy = true, copyFor("f")
				}
				other := h.put("g", "ours g", tree.At("g"))
				other.Trash, other.Copy = true, copyFor("g")
				if what != "nothing in the last moment" {
					defer h.fired(h.saveAt("f", "saved in the last moment"), 1)
				}
				outs := h.apply(step, other)
				files := h.files("")
				all := strings.Join(slices.Sorted(func(yield func(string) bool) {
					for _, content := range files {
						if !yield(content) {
							return
						}
					}
				}), ", ")
				if what != "nothing in the last moment" && !strings.Contains(all, "saved in the last moment") {
					t.Errorf("the version of the last moment is in no place: %q, %+v", files, outs)
				}
				switch {
				case what == "nothing in the last moment":
					h.holds("f", "ours", "g", "ours g")
					h.done(outs)
				case outs[0].Copy != "":
					h.holds("f", "ours", "f.copy", "saved in the last moment", "g", "ours g")
					h.done(outs)
				default:
					h.holds("f", "saved in the last moment", "g", "ours g")
					if !errors.Is(outs[0].Err, sync.ErrChanged) {
						t.Errorf("error %v, want ErrChanged", outs[0].Err)
					}
				}
				for name := range files {
					if _, temp := manifest.TempMark(filepath.Base(name)); temp {
						t.Errorf("litter: %s", name)
					}
				}
			})
		}
	}
}

// TestTrashThatTakesNothing holds that an old version which the trash refuses is not
// replaced: the new one must not be on its way by then.
func TestTrashThatTakesNothing(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.write("d/f", "old", "d/g", "old g")
	tree := h.scan(sync.Look{})
	var steps []sync.Step
	for _, p := range []manifest.Path{"d/f", "d/g"} {
		step := h.put(p, "new", tree.At(p))
		step.Trash = true
		steps = append(steps, step)
	}
	h.fault(ftpserver.Fault{Command: "RNTO", Path: "/.ferry/trash/*/d/*", Refuse: "550 Cross-device link."})
	for _, out := range h.apply(steps...) {
		if out.Err == nil {
			t.Error("a file was replaced, though its old version could not be kept")
		}
	}
	h.holds("d/f", "old", "d/g", "old g")
}

// TestTrashThatTakesShortNames holds the same for a trash that refuses longer paths than
// the directory does, as where the length of a path is limited. What it took for a
// shorter name says nothing then, also in a later run.
func TestTrashThatTakesShortNames(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.write("d/f", "old", "d/longer", "old longer")
	h.fault(ftpserver.Fault{Command: "RNTO", Path: "/.ferry/trash/*/d/longer", Refuse: "550 Path too long."})
	for _, names := range [][]manifest.Path{{"d/f"}, {"d/f", "d/longer"}} {
		tree := h.scan(sync.Look{})
		var steps []sync.Step
		for _, p := range names {
			step := h.put(p, "new, "+string(p), tree.At(p))
			step.Trash = true
			steps = append(steps, step)
		}
		for i, out := range h.apply(steps...) {
			if (out.Err == nil) != (names[i] == "d/f") {
				t.Errorf("%s: %v", names[i], out.Err)
			}
		}
	}
	h.holds("d/f", "new, d/f", "d/longer", "old longer")
}

// TestGoneUnderALock holds that nothing is gone while another owner holds the lock, or took
// it meanwhile.
func TestGoneUnderALock(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after bool // there is a lock of another owner before the question, and after it
		own           bool
		server        ftpserver.Options
	}{
		{name: "no lock"},
		{name: "our own", own: true},
		{name: "before and after", before: true, after: true},
		{name: "taken meanwhile", after: true},
		{name: "released meanwhile", before: true},
		{name: "before, by listing", before: true, server: ftpserver.Options{NoMLSD: true, NoSIZE: true}},
		{name: "no lock, by listing", server: ftpserver.Options{NoMLSD: true, NoSIZE: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newFixture(t, c.server)
			d, _ := h.machine("a")
			theirs := filepath.Join(h.root, ".ferry", "lock", "b-1234abcd")
			h.write("there", "x")
			if c.before {
				h.mkdir(theirs)
			}
			if c.own {
				h.mkdir(filepath.Join(h.root, ".ferry", "lock", d.server.lock.Mark()))
			}
			if c.before != c.after {
				h.fault(ftpserver.Fault{Command: "MLST", Path: "/gone", Times: 1, Hook: func() {
					if c.after {
						h.mkdir(theirs)
					} else if err := os.RemoveAll(filepath.Dir(theirs)); err != nil {
						t.Error(err)
					}
				}})
			}
			answers := d.Gone(t.Context(), []manifest.Path{"gone", "there"}, make([]manifest.Entry, 2))
			if held := errors.Is(answers[0], sync.ErrHeld); held != (c.before || c.after) || !held && answers[0] != nil {
				t.Errorf("gone: %v", answers[0])
			}
			if !errors.Is(answers[1], sync.ErrPresent) {
				t.Errorf("there: %v", answers[1])
			}
		})
	}
}

func (h *fixture) mkdir(dir string) {
	h.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		h.Error(err)
	}
}
