package remote

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestEmptyPromises has a server say yes to changes and do nothing. No such change may be
// called done, and nothing may be lost by it.
func TestEmptyPromises(t *testing.T) {
	rntoLies := ftpserver.Fault{Command: "RNTO", Refuse: "250 Rename successful."}
	rntoOverLies := rntoLies
	rntoOverLies.IfExists = true
	rntoTrashLies := rntoLies
	rntoTrashLies.Path = "/.ferry/trash/*/a"
	deleLies := ftpserver.Fault{Command: "DELE", Path: "/[a-z]*", Refuse: "250 Deleted."} // temporaries go
	rmdLies := ftpserver.Fault{Command: "RMD", Path: "/empty", Refuse: "250 Removed."}
	put := func(trash bool) func(h *fixture, tree *manifest.Tree) sync.Step {
		return func(h *fixture, tree *manifest.Tree) sync.Step {
			step := h.put("a", "new", tree.At("a"))
			step.Trash = trash
			return step
		}
	}
	move := func(from, to manifest.Path) func(h *fixture, tree *manifest.Tree) sync.Step {
		return func(_ *fixture, tree *manifest.Tree) sync.Step {
			return sync.Step{Op: sync.Move, From: from, Path: to, Expect: tree.At(from)}
		}
	}
	for _, tt := range []struct {
		name  string
		fault ftpserver.Fault
		step  func(h *fixture, tree *manifest.Tree) sync.Step
		works bool // there is another way
	}{
		{"RNTO over a file", rntoOverLies, put(false), true},
		{"all RNTO", rntoLies, put(false), false},
		{"all RNTO, with trash", rntoLies, put(true), false},
		{"RNTO into the trash, before an upload", rntoTrashLies, put(true), false},
		{"RNTO to a new name", rntoLies, func(h *fixture, _ *manifest.Tree) sync.Step { return h.put("fresh", "new", manifest.Entry{}) }, false},
		{"RNTO of a file", rntoLies, move("a", "c"), false},
		{"RNTO of a directory", rntoLies, move("dir", "other"), false},
		{"RNTO into the trash", rntoLies, func(_ *fixture, tree *manifest.Tree) sync.Step {
			return sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a"), Trash: true}
		}, false},
		{"DELE", deleLies, func(_ *fixture, tree *manifest.Tree) sync.Step {
			return sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a")}
		}, false},
		{"RMD", rmdLies, func(_ *fixture, tree *manifest.Tree) sync.Step {
			return sync.Step{Op: sync.RmDir, Path: "empty", Expect: tree.At("empty")}
		}, false},
	} {
		for name, o := range map[string]ftpserver.Options{"MLSD": {}, "LIST": {NoMLSD: true}, "LIST only": {NoMLSD: true, NoSIZE: true, NoMDTM: true}} {
			t.Run(tt.name+", "+name, func(t *testing.T) {
				h := newFixture(t, o)
				h.write("a", "old", "b", "b", "dir/d", "d")
				if err := os.Mkdir(filepath.Join(h.root, "empty"), 0o755); err != nil {
					t.Fatal(err)
				}
				tree := h.scan(sync.Look{})
				fault := h.fault(tt.fault)
				out := h.apply(tt.step(h, tree))[0]
				if fault.Fired() == 0 {
					t.Error("the server did not lie")
				}
				if _, err := os.Stat(filepath.Join(h.root, "empty")); err != nil {
					t.Error(err)
				}
				if tt.works {
					h.done([]sync.Outcome{out})
					h.holds("a", "new", "b", "b", "dir/d", "d")
					return
				}
				if !didNothing(out.Err) || out.Ambiguous || out.Entry.Exists() {
					t.Errorf("got %+v", out)
				}
				h.holds("a", "old", "b", "b", "dir/d", "d")
				h.server.Faults().Clear()
				h.done(h.apply(tt.step(h, h.scan(sync.Look{})))) // a server that was mended
			})
		}
	}
}

// TestPromisesAreLookedAtOnce counts the questions that renamings and removals cost, the
// first time and later.
func TestPromisesAreLookedAtOnce(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	for _, name := range []string{"1", "2", "3"} {
		h.write("moved"+name, "x", "old"+name, "x", "gone"+name, "x")
		for _, dir := range []string{"dir", "empty"} {
			if err := os.Mkdir(filepath.Join(h.root, dir+name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	tree := h.scan(sync.Look{})
	cost := func(n string) int {
		h.server.ClearTranscript()
		p := func(name string) manifest.Path { return manifest.Path(name + n) }
		h.done(h.apply(
			sync.Step{Op: sync.Move, From: p("moved"), Path: p("there"), Expect: tree.At(p("moved"))},
			sync.Step{Op: sync.Move, From: p("dir"), Path: p("other"), Expect: tree.At(p("dir"))},
			h.put(p("new"), "y", manifest.Entry{}),
			h.put(p("old"), "y", tree.At(p("old"))),
			sync.Step{Op: sync.Remove, Path: p("gone"), Expect: tree.At(p("gone"))},
			sync.Step{Op: sync.RmDir, Path: p("empty"), Expect: tree.At(p("empty"))},
		))
		questions := 0
		for _, line := range h.server.Transcript() {
			if strings.Contains(line, "> MLST") {
				questions++
			}
		}
		return questions
	}
	first, second, third := cost("1"), cost("2"), cost("3")
	if first <= second || second != third {
		t.Errorf("%d, %d and %d questions", first, second, third)
	}
	for _, promise := range []ftp.Quirk{ftp.RenamesFiles, ftp.RenamesDirs, ftp.ReplacesFiles, ftp.DeletesFiles, ftp.RemovesDirs} {
		if !h.d.server.keeps(promise) {
			t.Errorf("%s is not known", promise)
		}
	}
}
