package faults

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ferry/internal/cli"
	"ferry/internal/ftpserver"
)

// hidden are the commands that a drop box does not answer.
const hidden = "LISTING|RETR|SIZE|MDTM|MLST|STAT"

func refusing(commands, refuse string) ftpserver.Fault {
	return ftpserver.Fault{Command: commands, Refuse: refuse}
}

// dropBoxes are servers that take files and show nothing.
var dropBoxes = []struct {
	name   string
	server ftpserver.Options
	faults []ftpserver.Fault
	stays  bool // what is deleted here stays there
}{
	{name: "nothing can be listed or read", faults: []ftpserver.Fault{refusing(hidden, "550 Permission denied.")}},
	{name: "listings are empty", faults: []ftpserver.Fault{{Command: "LISTING", Listing: ftpserver.EmptyListing}, refusing("RETR|SIZE|MDTM|MLST", "550 No such file.")}},
	{name: "commands are unknown", server: ftpserver.Options{NoMLSD: true, NoSIZE: true, NoMDTM: true}, faults: []ftpserver.Fault{refusing(hidden, "502 Command not implemented.")}},
	{name: "renames are refused", faults: []ftpserver.Fault{refusing(hidden+"|RNFR|RNTO", "550 Permission denied.")}},
	{name: "no dots, no directories to enter", faults: append(noDots("STOR|MKD", "553 Prohibited file name."), refusing(hidden+"|CWD", "550 Permission denied."))},
	{name: "MKD says 521", faults: []ftpserver.Fault{refusing(hidden, "553 Permission denied."), {Command: "MKD", IfExists: true, Refuse: "521 Directory already exists."}}},
	{name: "nothing can be deleted", stays: true, faults: []ftpserver.Fault{refusing(hidden+"|DELE|RMD|RNFR", "550 Permission denied.")}},
	{name: "DELE is unknown", stays: true, faults: []ftpserver.Fault{refusing(hidden, "550 Permission denied."), refusing("DELE|RMD", "502 Command not implemented.")}},
}

// looks matches what a blind push must never send.
var looks = regexp.MustCompile(`^(LIST|MLSD|NLST|RETR|SIZE|MDTM|MLST|STAT|RNFR|RNTO|APPE|REST)\b`)

// guardLine ends batches of commands, and is no question.
const guardLine = "SIZE /.ferry-/-"

// newDropBox returns a scene with a drop box, and the push that sends to it.
func newDropBox(t *testing.T, o ftpserver.Options, faults ...ftpserver.Fault) *scene {
	t.Helper()
	s := newScene(t, o, "--blind")
	s.command = "push"
	for _, f := range faults {
		s.server.Faults().Add(f)
	}
	return s
}

// TestDropBox pushes into each kind of drop box: a first time, at rest, after edits and deletions, and at rest again.
func TestDropBox(t *testing.T) {
	for _, box := range dropBoxes {
		t.Run(box.name, func(t *testing.T) {
			t.Parallel()
			s := newDropBox(t, box.server, box.faults...)
			write(t, s.there, map[string]string{"up.bin": "what nobody can see", "theirs.txt": "theirs"})
			write(t, s.here, base)
			r := s.blind(cli.ExitOK)
			if r.Uploaded != len(base) || !strings.Contains(r.out, "first push that does not look at the server") {
				t.Errorf("the first push: %s", r)
			}
			s.wantSent("theirs.txt")
			s.wantNothingToSend()

			write(t, s.here, map[string]string{"up.bin": longContent("edited here"), "new/deep/file.txt": "made here"})
			s.must(os.Rename(filepath.Join(s.here, "move-here.txt"), filepath.Join(s.here, "new", "here.txt")))
			for _, gone := range []string{"gone-here.txt", "dir-here"} {
				s.must(os.RemoveAll(filepath.Join(s.here, gone)))
			}
			if box.stays {
				if r := s.blind(cli.ExitIncomplete); r.Failed != 3 || r.DeletedRemote != 0 {
					t.Errorf("deletions are refused: %s", r)
				}
				s.wantSent("theirs.txt", "gone-here.txt", "dir-here/x.txt", "move-here.txt")
				s.server.Faults().Clear()
			}
			if r := s.blind(cli.ExitOK); strings.Contains(r.out, "first push") {
				t.Errorf("the push after the edits: %s", r)
			}
			s.wantSent("theirs.txt")
			s.wantNothingToSend()
		})
	}
}

// TestDropBoxKinds has a directory and a file change places, and a directory that is there already.
func TestDropBoxKinds(t *testing.T) {
	s := newDropBox(t, ftpserver.Options{Greeting: "220 ProFTPD Server ready."}, refusing(hidden, "550 Permission denied."))
	write(t, s.there, map[string]string{"there/already.txt": "theirs"})
	write(t, s.here, map[string]string{"there/mine.txt": "m", "dir/f": "f", "file": "g"})
	s.blind(cli.ExitOK)
	s.wantSent("there/already.txt")
	for _, name := range []string{"dir", "file"} {
		s.must(os.RemoveAll(filepath.Join(s.here, name)))
	}
	write(t, s.here, map[string]string{"dir": "a file now", "file/deep": "a directory now"})
	s.must(os.RemoveAll(filepath.Join(s.here, "there")))
	s.blind(cli.ExitOK)
	s.wantSent("there/already.txt")
	s.wantNothingToSend()
}

// TestDropBoxRoot makes a root that is missing where nothing was sent before, and only there. A directory below it is
// made again.
func TestDropBoxRoot(t *testing.T) {
	s := newDropBox(t, ftpserver.Options{}, refusing(hidden+"|CWD", "550 Permission denied."))
	s.must(os.Remove(s.there))
	write(t, s.here, map[string]string{"a": "a", "d/b": "b"})
	s.blind(cli.ExitOK)
	s.wantSent()
	s.must(os.RemoveAll(filepath.Join(s.there, "d")))
	write(t, s.here, map[string]string{"d/b": "edited"})
	s.blind(cli.ExitOK)
	s.wantSent()
	s.must(os.RemoveAll(s.there))
	write(t, s.here, map[string]string{"a": "edited"})
	s.blind(cli.ExitIncomplete)
	if _, err := os.Stat(s.there); err == nil {
		t.Error("a root that went away was made again")
	}
	s.must(os.Mkdir(s.there, 0o755))
	s.blind(cli.ExitOK)
}

// TestDropBoxCut has transfers cut, replies lost and the server go away. The next push finishes the work, and sends
// nothing again that was done.
func TestDropBoxCut(t *testing.T) {
	refuse := refusing(hidden, "550 Permission denied.")
	for _, cut := range []struct {
		name   string
		faults []ftpserver.Fault
		some   bool // of the files some arrive
	}{
		{"transfers are cut", dataFault("STOR", "", ftpserver.CutAt(0), "426 Connection closed; transfer aborted."), false},
		{"transfers are refused at the end", []ftpserver.Fault{{Command: "STOR", Reply: "451 Local error."}}, false},
		{"files are refused", []ftpserver.Fault{refusing("STOR", "553 Could not create file.")}, false},
		{"replies are lost", []ftpserver.Fault{{Command: "STOR|DELE|MKD", Skip: 6, Lose: true}}, true},
		{"the server goes away", []ftpserver.Fault{{Command: "STOR", Skip: 4, Close: true}, {Command: "CONNECT", Skip: 4, Refuse: "421 Closed."}}, true},
		{"no room", []ftpserver.Fault{{Command: "STOR", Skip: 5, Refuse: "552 Quota exceeded."}}, true},
	} {
		t.Run(cut.name, func(t *testing.T) {
			t.Parallel()
			for _, edits := range []bool{false, true} {
				s := newDropBox(t, ftpserver.Options{}, refuse)
				files := maps.Clone(base)
				maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(name, "same/") && name != "same/a.txt" })
				write(t, s.here, files)
				all := len(files)
				if edits {
					s.blind(cli.ExitOK)
					changed := make(map[string]string)
					for name, content := range files {
						changed[name] = content + " edited"
					}
					delete(changed, "gone-here.txt")
					s.must(os.Remove(filepath.Join(s.here, "gone-here.txt")))
					write(t, s.here, changed)
					all = len(changed)
				}
				for _, f := range cut.faults {
					s.server.Faults().Add(f)
				}
				first := s.sync()
				if first.exit == cli.ExitOK || first.Uploaded == all || first.Uploaded == 0 && cut.some || first.Uploaded > 0 && !cut.some {
					t.Errorf("with the fault: %s", first)
				}
				s.server.Faults().Clear()
				s.server.Faults().Add(refuse)
				if r := s.blind(cli.ExitOK); r.Uploaded != all-first.Uploaded {
					t.Errorf("%d of %d files were sent before, and now: %s", first.Uploaded, all, r)
				}
				s.wantSent()
				s.wantNothingToSend()
			}
		})
	}
}

// TestDropBoxDoubt deletes here what may or may not have arrived, and puts it back.
func TestDropBoxDoubt(t *testing.T) {
	refuse := refusing(hidden, "550 Permission denied.")
	s := newDropBox(t, ftpserver.Options{}, refuse)
	write(t, s.here, map[string]string{"a": "a", "b": "b"})
	for _, f := range dataFault("STOR", "/tree/a", ftpserver.CutAt(1), "451 Error.") {
		s.server.Faults().Add(f)
	}
	s.blind(cli.ExitIncomplete)
	write(t, s.there, map[string]string{"a": "a part"})
	s.must(os.Remove(filepath.Join(s.here, "a")))
	s.server.Faults().Clear()
	s.server.Faults().Add(refuse)
	s.blind(cli.ExitOK)
	s.wantSent()

	// A deletion is done, and nobody hears of it. Then the very same file is back.
	lost := s.server.Faults().Add(ftpserver.Fault{Command: "DELE", Lose: true})
	aside := filepath.Join(s.dir, "state", "aside")
	s.must(os.Rename(filepath.Join(s.here, "b"), aside))
	write(t, s.here, map[string]string{"c": "c"})
	s.sync()
	lost.Remove()
	s.must(os.Rename(aside, filepath.Join(s.here, "b")))
	s.blind(cli.ExitOK)
	s.wantSent()
	s.wantNothingToSend()
}

// TestDropBoxSeen makes passes that look after blind ones, and the other way round. What nobody has seen is neither
// deleted nor overwritten.
func TestDropBoxSeen(t *testing.T) {
	s := newDropBox(t, ftpserver.Options{})
	write(t, s.here, map[string]string{"same": "same", "edited": "mine", "gone-here": "x", "gone-there": "y", "dir/f": "f"})
	s.blind(cli.ExitOK)
	write(t, s.there, map[string]string{"edited": "them", "theirs": "theirs"}) // of the same size
	for _, gone := range []string{"here/gone-here", "served/tree/gone-there"} {
		s.must(os.Remove(filepath.Join(s.dir, gone)))
	}
	s.command, s.args = "sync", []string{"--json"}
	r := s.sync()
	if r.exit != cli.ExitConflicts || r.Conflicts != 1 || r.DeletedLocal+r.DeletedRemote != 0 || r.Blind {
		t.Fatalf("a pass that looks: %s", r)
	}
	here := read(t, s.here)
	if here["gone-here"] != "x" || here["gone-there"] != "y" || here["theirs"] != "theirs" {
		t.Errorf("after a pass that looks: %v", here)
	}
	if got := fmt.Sprint(here["edited"], len(here)); got != "mine7" && got != "them7" {
		t.Errorf("a version is lost: %v", here)
	}
	s.wantSameFiles()

	// The base is one that was seen. A blind push goes on from it.
	write(t, s.here, map[string]string{"same": "SAME"})
	s.must(os.Remove(filepath.Join(s.here, "theirs")))
	s.command, s.args = "push", []string{"--json", "--blind"}
	if r := s.blind(cli.ExitOK); r.Uploaded != 1 || r.DeletedRemote != 1 {
		t.Errorf("a blind push over a base that was seen: %s", r)
	}
	s.wantSameFiles()
	s.wantNothingToSend()
	s.command, s.args = "sync", []string{"--json"}
	if r := s.sync(); r.Uploaded+r.Downloaded+r.DeletedLocal+r.DeletedRemote+r.Conflicts != 0 || r.Adopted != 1 {
		t.Errorf("a pass that looks again: %s", r)
	}
}

// TestDropBoxNamed has the passes that look, and "ferry check", name the way out.
func TestDropBoxNamed(t *testing.T) {
	for _, box := range dropBoxes[:3] {
		t.Run(box.name, func(t *testing.T) {
			t.Parallel()
			s := newDropBox(t, box.server, box.faults...)
			write(t, s.here, base)
			s.args = []string{"--json", "--timeout", "2s", "--retries", "1"}
			if r := s.sync("--json=false"); r.exit != cli.ExitIncomplete || !strings.Contains(r.out, "ferry push --blind") {
				t.Errorf("a push that looks: %s", r)
			}
			if out := s.check(); !strings.Contains(out, "ferry push --blind") {
				t.Errorf("ferry check does not name the way out:\n%s", out)
			}
		})
	}
}

// blind makes a pass that must end with an exit code, and must not look at the server.
func (s *scene) blind(exit int) result {
	s.Helper()
	s.server.ClearTranscript()
	r := s.sync()
	if r.exit != exit || !r.Blind {
		s.Fatalf("want exit %d: %s\n%s", exit, r, strings.Join(s.server.Transcript(), "\n"))
	}
	for _, line := range s.server.Transcript() {
		if _, command, ok := strings.Cut(line, "> "); ok && looks.MatchString(command) && command != guardLine {
			s.Errorf("a blind push sent %q", command)
		}
	}
	return r
}

// wantNothingToSend checks that a push has nothing to do.
func (s *scene) wantNothingToSend() {
	s.Helper()
	r := s.blind(cli.ExitOK)
	if r.Seconds = 0; r.Uploaded+r.DeletedRemote+r.MadeDirs+r.Failed+int(r.BytesUp) != 0 {
		s.Errorf("a push at rest: %s", r)
	}
}

// wantSent checks that the server holds what is here, and beside it only what more names.
func (s *scene) wantSent(more ...string) {
	s.Helper()
	there := read(s.T, s.there)
	for _, name := range more {
		if _, is := there[name]; !is {
			s.Errorf("%s is gone", name)
		}
		delete(there, name)
	}
	s.wantEqual(read(s.T, s.here), there)
	s.wantNoTemps()
	s.wantNothingOutside()
}

// wantSame checks that both sides hold the same.
func (s *scene) wantSameFiles() { s.Helper(); s.wantEqual(read(s.T, s.here), read(s.T, s.there)) }

func (s *scene) wantEqual(here, there map[string]string) {
	s.Helper()
	if a, b := fmt.Sprint(here), fmt.Sprint(there); a != b {
		s.Errorf("here and there differ:\n%.2000s\n%.2000s", a, b)
	}
}
