//go:build linux

package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A scene is something that a program does to the files here.
type scene struct {
	server  string
	before  map[string]string
	do      func(t *testing.T, here string)
	more    func(p *pair, r *run) // then, where not nil
	actions map[string]int        // that ferry takes for it
	stor    int                   // uploads that the server sees
	dele    int                   // deletions that it sees, directories included
	extra   int                   // uploads that were made to learn that a pass was made
}

// play runs a scene: the sides must be equal in the end, and the server must have seen just what had to be done.
func (s scene) play(t *testing.T) {
	t.Parallel()
	p := newPair(t, s.server)
	p.write(s.before)
	r := p.watch("--poll", "1h")
	r.state("idle")
	p.wantEqual()
	r.forget()
	p.count.take()
	s.do(t, p.here)
	if s.more != nil {
		s.more(p, r)
	}
	p.settle(r)
	if diff := cmp.Diff(s.actions, r.actions(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	verbs := p.count.take()
	// The sentinel was uploaded once, and moved to the trash.
	if got := verbs["STOR"] - 1 - s.extra; got != s.stor {
		t.Errorf("%d uploads, want %d", got, s.stor)
	}
	if got := verbs["DELE"] + verbs["RMD"]; got > s.dele {
		t.Errorf("%d deletions, want %d: %v", got, s.dele, verbs)
	}
	p.wantAtRest(r)
}

// TestEditors saves a file as editors do: that is one upload, and never a deletion.
func TestEditors(t *testing.T) {
	const name, old, saved = "doc/text.txt", "first\n", "first\nsecond\n"
	one := map[string]int{"upload remote": 1}
	for _, c := range []struct {
		editor, server string
		save           func(t *testing.T, file string)
	}{
		{"in place", "pyftpdlib", func(t *testing.T, file string) {
			must(t, os.WriteFile(file, []byte(saved), 0o644))
		}},
		// vim with backup: a swap file all the while, a probe whether the directory can be written to, the old file aside,
		// the new one in its place, and the backup goes.
		{"vim", "vsftpd", func(t *testing.T, file string) {
			dir, base := filepath.Split(file)
			swap := dir + "." + base + ".swp"
			create(t, swap, strings.Repeat("b0VIM", 800))
			create(t, dir+"4913", "")
			must(t, os.Remove(dir+"4913"))
			must(t, os.Rename(file, file+"~"))
			create(t, file, saved)
			must(t, os.Chmod(file, 0o644))
			must(t, os.Remove(file+"~"))
			must(t, os.Remove(swap))
		}},
		// vim with backupcopy=yes: the backup is a copy, and the file is written over.
		{"vim with a copy", "proftpd", func(t *testing.T, file string) {
			create(t, file+"~", old)
			must(t, os.WriteFile(file, []byte(saved), 0o644))
			must(t, os.Remove(file+"~"))
		}},
		// VS Code with files.atomicSave, gedit, Kate, Emacs and most libraries for it: beside, then over it.
		{"VS Code, atomic", "proftpd", func(t *testing.T, file string) {
			create(t, file+".vsctmp", saved)
			must(t, os.Rename(file+".vsctmp", file))
		}},
		// Word processors: beside, the old one aside, the new one in its place, the old one goes.
		{"by two renames", "pureftpd", func(t *testing.T, file string) {
			create(t, file+".new", saved)
			must(t, os.Rename(file, file+".old"))
			must(t, os.Rename(file+".new", file))
			must(t, os.Remove(file+".old"))
		}},
		// Some remove the file first.
		{"removed first", "vsftpd", func(t *testing.T, file string) {
			must(t, os.Remove(file))
			create(t, file, saved)
		}},
	} {
		t.Run(c.editor, scene{
			server: c.server, before: map[string]string{name: old, "doc/other.txt": "other"},
			do:      func(t *testing.T, here string) { c.save(t, filepath.Join(here, name)) },
			actions: one, stor: 1,
		}.play)
	}
}

// create writes a file that is not there yet, as programs do: in several pieces.
func create(t *testing.T, file, content string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	must(t, err)
	half := len(content) / 2
	_, err = f.WriteString(content[:half])
	must(t, err)
	_, err = f.WriteString(content[half:])
	must(t, err)
	must(t, f.Sync())
	must(t, f.Close())
}

// small returns n files of different contents below dir, 100 in a directory.
func small(dir string, n int, word string) map[string]string {
	files := make(map[string]string, n)
	for i := range n {
		files[fmt.Sprintf("%s/d%03d/f%05d", dir, i/100, i)] = fmt.Sprintf("%s %d %s", word, i, strings.Repeat("x", i%1000))
	}
	return files
}
