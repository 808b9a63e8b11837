package remote

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// Whatever reply is lost: the outcome is what happened.
func TestLostReplies(t *testing.T) {
	for _, lost := range []struct {
		command string
		skip    int
	}{
		{"STOR", 0}, {"RNFR", 0}, {"RNTO", 0}, {"RNTO", 1}, {"RNTO", 3}, {"RNTO", 5}, {"MFMT", 1}, {"MLST", 0}, {"MLST", 3}, {"DELE", 0}, {"DELE", 1}, {"MKD", 0}, {"MKD", 1}, {"RMD", 0}, {"CWD", 0},
	} {
		for _, how := range []ftpserver.Fault{{Lose: true}, {Refuse: "421 going down", Close: true}, {Close: true}} {
			h := newFixture(t, ftpserver.Options{})
			h.write("a", "old a", "b", "old b", "x", "gone", "y", "gone", "z", "gone, but kept", "dir/sub/f", "m")
			os.RemoveAll(filepath.Join(h.root, "dir/sub/f"))
			tree := h.scan(sync.Look{})
			how.Command, how.Skip, how.Times = lost.command, lost.skip, 1
			armed := h.fault(how)
			kept := h.put("b", "new b", tree.At("b"))
			kept.Trash = true
			thrown := sync.Step{Op: sync.Remove, Path: "z", Expect: tree.At("z"), Trash: true}
			h.done(h.apply(
				h.put("a", "new a", tree.At("a")), kept, h.put("c", "new c", manifest.Entry{}),
				sync.Step{Op: sync.MkDir, Path: "d"}, sync.Step{Op: sync.MkDir, Path: "d/e"},
				h.put("d/e/f", "new f", manifest.Entry{}),
				sync.Step{Op: sync.Remove, Path: "x", Expect: tree.At("x")}, sync.Step{Op: sync.Remove, Path: "y", Expect: tree.At("y")}, thrown,
				sync.Step{Op: sync.Move, From: "c", Path: "d/c", Expect: h.entry("c", 5)},
				sync.Step{Op: sync.RmDir, Path: "dir/sub", Expect: manifest.Entry{Kind: manifest.Dir}},
				sync.Step{Op: sync.RmDir, Path: "dir", Expect: manifest.Entry{Kind: manifest.Dir}},
			))
			if t.Failed() {
				t.Fatalf("%s after %d, %+v\n%s", lost.command, lost.skip, how, strings.Join(h.server.Transcript(), "\n"))
			}
			h.fired(armed, 1)
			h.holds("a", "new a", "b", "new b", "d/c", "new c", "d/e/f", "new f")
			if _, err := os.Stat(filepath.Join(h.root, "dir")); err == nil {
				t.Error("dir is still there")
			}
			if got := len(h.files(".ferry/trash")); got != 2 {
				t.Errorf("%d files in the trash, want 2", got)
			}
		}
	}
}

// A server that refuses what is asked: nothing changes, and it is said so.
func TestRefusals(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.write("a", "old a", "d/f", "old f")
	if err := os.Mkdir(filepath.Join(h.root, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	tree := h.scan(sync.Look{})
	for _, tt := range []struct {
		fault ftpserver.Fault
		step  sync.Step
		want  error
	}{
		{ftpserver.Fault{Command: "DELE", Refuse: "550 no"}, sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a")}, nil},
		{ftpserver.Fault{Command: "DELE", Refuse: "450 busy"}, sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a")}, nil},
		{ftpserver.Fault{Command: "RNFR", Refuse: "550 no"}, sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a"), Trash: true}, nil},
		{ftpserver.Fault{Command: "MKD", Refuse: "550 no"}, sync.Step{Op: sync.Remove, Path: "a", Expect: tree.At("a"), Trash: true}, nil},
		{ftpserver.Fault{Command: "MKD", Refuse: "550 no"}, sync.Step{Op: sync.MkDir, Path: "new"}, nil},
		{ftpserver.Fault{Command: "STOR", Refuse: "452 no"}, h.put("a", "new", tree.At("a")), sync.ErrFull},
		{ftpserver.Fault{Command: "STOR", Reply: "552 Quota exceeded"}, h.put("a", "new", tree.At("a")), sync.ErrFull},
		{ftpserver.Fault{Command: "STOR", Refuse: "553 no"}, h.put("a", "new", tree.At("a")), nil},
		{ftpserver.Fault{Command: "RNFR", Refuse: "550 no"}, h.put("a", "new", tree.At("a")), nil},
		{ftpserver.Fault{Command: "RNTO", Refuse: "550 no"}, h.put("a", "new", tree.At("a")), nil},
		{ftpserver.Fault{Command: "RNTO", Refuse: "451 no"}, h.put("new", "new", manifest.Entry{}), nil},
		{ftpserver.Fault{Command: "RNTO", Refuse: "550 no"}, sync.Step{Op: sync.Move, From: "a", Path: "b", Expect: tree.At("a")}, nil},
		{ftpserver.Fault{Command: "MLST", Refuse: "451 later"}, h.put("a", "new", tree.At("a")), nil},
		{ftpserver.Fault{Command: "RMD", Path: "/empty", Refuse: "550 no"}, sync.Step{Op: sync.RmDir, Path: "empty", Expect: manifest.Entry{Kind: manifest.Dir}}, nil},
		{ftpserver.Fault{Command: "LISTING", Listing: ftpserver.GarbleLine("f")}, sync.Step{Op: sync.RmDir, Path: "d", Expect: manifest.Entry{Kind: manifest.Dir}}, nil},
		{ftpserver.Fault{Command: "LISTING", Listing: ftpserver.EmptyListing}, sync.Step{Op: sync.RmDir, Path: "d", Expect: manifest.Entry{Kind: manifest.Dir}}, nil},
	} {
		h.server.Faults().Clear()
		armed := h.fault(tt.fault)
		out := h.apply(tt.step)[0]
		if out.Err == nil || out.Ambiguous || tt.want != nil && !errors.Is(out.Err, tt.want) {
			t.Errorf("%s with %q: %+v", tt.step.Op, tt.fault.Refuse, out)
		}
		if armed.Fired() == 0 {
			t.Errorf("%s with %+v: the fault never struck", tt.step.Op, tt.fault)
		}
		h.holds("a", "old a", "d/f", "old f")
	}
	if _, err := os.Stat(filepath.Join(h.root, "empty")); err != nil {
		t.Error(err)
	}
}

// Names that FTP cannot carry never reach the server.
func TestUnsendableNames(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.write("f", "x")
	was := h.scan(sync.Look{}).At("f")
	for _, name := range []string{"a\xff", "a\r\nDELE f", "a\x00b", "a\nb"} {
		bad := manifest.Entry{Kind: manifest.File, Name: name}
		h.server.ClearTranscript()
		wanted := h.put("p", "x", manifest.Entry{})
		wanted.Want.Name = name
		for i, out := range h.apply(wanted, sync.Step{Op: sync.Remove, Path: "p", Expect: bad}, sync.Step{Op: sync.MkDir, Path: "p", Want: bad},
			sync.Step{Op: sync.Move, From: "f", Path: "p", Expect: was, Want: bad}, sync.Step{Op: sync.RmDir, Path: manifest.Path(name)}) {
			if out.Err == nil {
				t.Errorf("%q: step %d succeeded", name, i)
			}
		}
		if err := h.d.Gone(t.Context(), []manifest.Path{"p"}, []manifest.Entry{bad})[0]; err == nil {
			t.Errorf("%q is gone", name)
		}
		if _, _, err := h.read(sync.Wanted{Path: "p", Entry: bad}); err == nil {
			t.Errorf("%q was read", name)
		}
		for _, line := range h.server.Transcript() {
			if strings.Contains(fmt.Sprint(line), "a\xff") || strings.Contains(fmt.Sprint(line), "DELE f") {
				t.Errorf("sent: %q", line)
			}
		}
	}
	h.holds("f", "x")
}

// TestFaultsOneCommandAtATime makes the tests above once more.
func TestFaultsOneCommandAtATime(t *testing.T) {
	pipelineOfTests = ftp.PipelineOff
	defer func() { pipelineOfTests = ftp.PipelineOn }()
	for name, test := range map[string]func(*testing.T){
		"PutCutUploads": TestPutCutUploads, "LostReplies": TestLostReplies, "PutWithoutRenamingOver": TestPutWithoutRenamingOver,
		"Refusals": TestRefusals, "ScanUnknownDirectories": TestScanUnknownDirectories, "GoneAsksByName": TestGoneAsksByName,
		"PutResumes": TestPutResumes, "UnsendableNames": TestUnsendableNames,
	} {
		t.Run(name, test)
	}
}
