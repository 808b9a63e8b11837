package remote

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/sync"
	"ferry/sync/trashbin"
)

const secretName = "trash-0123456789abcdef0123456789abcdef"

// TestTrashIsProtected puts something into a trash with a secret name: the file that tells
// web servers to deny it is there before the first old version, and nobody else may enter.
func TestTrashIsProtected(t *testing.T) {
	for name, o := range map[string]ftpserver.Options{"MLSD": {}, "LIST": {NoMLSD: true}, "no SIZE": {NoMLSD: true, NoSIZE: true}} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(t, o)
			h.d.server.opts.TrashName = func() (string, error) { return secretName, nil }
			h.write("f", "old", "g", "old")
			moved := h.fault(ftpserver.Fault{Command: "RNTO", Path: "/.ferry/" + secretName + "/*/f", Hook: func() {
				text, err := os.ReadFile(filepath.Join(h.root, ".ferry/.htaccess"))
				if err != nil || !strings.Contains(string(text), "Require all denied") {
					t.Errorf("before the first old version comes: %q, %v", text, err)
				}
			}})
			tree := h.scan(sync.Look{})
			step := h.put("f", "new", tree.At("f"))
			step.Trash = true
			h.done(h.apply(step))
			if moved.Fired() == 0 { // the new version may go there and back first
				t.Error("nothing went into the trash")
			}
			info, err := os.Stat(filepath.Join(h.root, ".ferry"))
			if err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("others may enter: %v, %v", info.Mode(), err)
			}
			h.done(h.apply(sync.Step{Op: sync.Remove, Path: "g", Expect: tree.At("g"), Trash: true}))
			if kept, _ := filepath.Glob(filepath.Join(h.root, ".ferry", secretName, "*", "?")); len(kept) != 2 {
				t.Errorf("kept: %q", kept)
			}
		})
	}
}

// TestTrashOfUsersOfAGroup leaves the directory to the group where its members may write.
func TestTrashOfUsersOfAGroup(t *testing.T) {
	for made, want := range map[uint16]string{0o755: "700", 0o775: "770", 0o777: "770", 0o700: "", 0o770: "", 0: "700"} {
		h := newFixture(t, ftpserver.Options{})
		told := ""
		asked := h.fault(ftpserver.Fault{Command: "SITE", Refuse: "200 done"})
		s, err := h.d.server.borrow(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h.server.ClearTranscript()
		if err := h.d.trash.closeToOthers(t.Context(), s, made); err != nil {
			t.Error(err)
		}
		for _, line := range h.server.Transcript() {
			if _, mode, ok := strings.Cut(line, "SITE CHMOD "); ok {
				told, _, _ = strings.Cut(mode, " ")
			}
		}
		if told != want || asked.Fired() != len(want)/3 {
			t.Errorf("made %o: %q, want %q", made, told, want)
		}
		s.GiveUp()
	}
}

// TestTrashWithoutProtection goes on where the server takes neither the file nor the mode.
func TestTrashWithoutProtection(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.d.server.opts.TrashName = func() (string, error) { return secretName, nil }
	h.write("f", "old")
	h.fault(ftpserver.Fault{Command: "STOR", Path: ".htaccess", Refuse: "553 not that name"})
	h.fault(ftpserver.Fault{Command: "SITE", Refuse: "550 no"})
	h.done(h.apply(sync.Step{Op: sync.Remove, Path: "f", Expect: h.scan(sync.Look{}).At("f"), Trash: true}))
	if kept, _ := filepath.Glob(filepath.Join(h.root, ".ferry", secretName, "*", "f")); len(kept) != 1 {
		t.Errorf("kept: %q", kept)
	}
}

// TestTrashesOfOtherMachines lists, restores and empties what is in the trash of this
// machine, in those of others, and in the one that earlier versions used.
func TestTrashesOfOtherMachines(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.d.server.opts.TrashName = func() (string, error) { return secretName, nil }
	const other = ".ferry/trash-ffffffffffffffffffffffffffffffff/20240102-030405/d/b"
	h.write(".ferry/trash/20240102-030405/d/a", "old trash", other, "other machine", "mine", "mine",
		".ferry/trash-short/20240102-030405/x", "no trash", ".ferry/other/20240102-030405/x", "no trash")
	h.done(h.apply(sync.Step{Op: sync.Remove, Path: "mine", Expect: h.scan(sync.Look{}).At("mine"), Trash: true}))
	things, err := h.d.Trashed(t.Context(), time.Time{})
	if err != nil || len(things) != 3 {
		t.Fatalf("%d things, %v: %+v", len(things), err, things)
	}
	var rest []trashbin.Trashed
	for _, thing := range things {
		if thing.Path != "d/b" {
			rest = append(rest, thing)
		} else if err := h.d.Restore(t.Context(), thing); err != nil {
			t.Error(err)
		}
	}
	h.holds("d/b", "other machine")
	if _, err := os.Stat(filepath.Join(h.root, filepath.Dir(filepath.Dir(filepath.Dir(other))))); err == nil {
		t.Error("the empty trash of another machine stays")
	}
	if _, err := h.d.Discard(t.Context(), rest); err != nil {
		t.Error(err)
	}
	if things, err := h.d.Trashed(t.Context(), time.Time{}); err != nil || len(things) != 0 {
		t.Errorf("after it was emptied: %+v, %v", things, err)
	}
	forged := trashbin.Trashed{Path: "x", Trash: "other", ID: "20240102-030405/x"}
	if _, err := h.d.Discard(t.Context(), []trashbin.Trashed{forged}); err == nil {
		t.Error("something outside every trash was removed")
	}
}
