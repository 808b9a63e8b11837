//go:build linux

package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A scenario is something that a program does to local files.
type scenario struct {
	server    string
	before    map[string]string
	do        func(t *testing.T, local string)
	atOnce    bool                           // ferry sees nothing of what do does before it is done, even on a slow machine
	then      func(p *pair, r *watchProcess) // after do; may be nil
	actions   map[string]int                 // that ferry must take
	stor      int                            // uploads that the server must see
	dele      int                            // deletions that it may see, including directories
	extraStor int                            // uploads that the scenario itself causes to wait for a pass
}

// run runs a scenario. In the end the sides must be equal, and the server must have seen only what was necessary.
func (s scenario) run(t *testing.T) {
	t.Parallel()
	p := newPair(t, s.server)
	p.write(s.before)
	r := p.watch("--poll", "1h")
	r.state("idle")
	p.wantEqual()
	r.forget()
	p.proxy.take()
	if s.atOnce {
		r.pause()
	}
	s.do(t, p.local)
	if s.atOnce {
		r.signal(syscall.SIGCONT)
	}
	if s.then != nil {
		s.then(p, r)
	}
	p.waitUntilSettled(r)
	if diff := cmp.Diff(s.actions, r.actions(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	verbs := p.proxy.take()
	// The sentinel was uploaded once and moved to the trash.
	if got := verbs["STOR"] - 1 - s.extraStor; got != s.stor {
		t.Errorf("%d uploads, want %d", got, s.stor)
	}
	if got := verbs["DELE"] + verbs["RMD"]; got > s.dele {
		t.Errorf("%d deletions, want %d: %v", got, s.dele, verbs)
	}
	p.wantInStep(r)
}

// Files are saved in the ways of different editors. Each time there is one upload and no deletion.
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
		// vim with backup: it has a swap file, tests whether the directory is writable, renames the old file, writes the
		// new one and removes the backup.
		{"vim", "vsftpd", func(t *testing.T, file string) {
			dir, base := filepath.Split(file)
			swap := dir + "." + base + ".swp"
			createFile(t, swap, strings.Repeat("b0VIM", 800))
			createFile(t, dir+"4913", "")
			must(t, os.Remove(dir+"4913"))
			must(t, os.Rename(file, file+"~"))
			createFile(t, file, saved)
			must(t, os.Chmod(file, 0o644))
			must(t, os.Remove(file+"~"))
			must(t, os.Remove(swap))
		}},
		// vim with backupcopy=yes: the backup is a copy, and the file is overwritten.
		{"vim with a copy", "proftpd", func(t *testing.T, file string) {
			createFile(t, file+"~", old)
			must(t, os.WriteFile(file, []byte(saved), 0o644))
			must(t, os.Remove(file+"~"))
		}},
		// VS Code with files.atomicSave, gedit, Kate, Emacs and most libraries: write a new file, rename it over the old one.
		{"VS Code, atomic", "proftpd", func(t *testing.T, file string) {
			createFile(t, file+".vsctmp", saved)
			must(t, os.Rename(file+".vsctmp", file))
		}},
		// Word processors: write a new file, rename the old one, rename the new one, remove the old one.
		{"by two renames", "pureftpd", func(t *testing.T, file string) {
			createFile(t, file+".new", saved)
			must(t, os.Rename(file, file+".old"))
			must(t, os.Rename(file+".new", file))
			must(t, os.Remove(file+".old"))
		}},
		// Some editors remove the file first.
		{"removed first", "vsftpd", func(t *testing.T, file string) {
			must(t, os.Remove(file))
			createFile(t, file, saved)
		}},
	} {
		t.Run(c.editor, scenario{
			server: c.server, before: map[string]string{name: old, "doc/other.txt": "other"},
			do:      func(t *testing.T, local string) { c.save(t, filepath.Join(local, name)) },
			actions: one, stor: 1,
		}.run)
	}
}

// createFile writes a new file in several pieces, as programs do.
func createFile(t *testing.T, file, content string) {
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

// smallFiles returns n files with different contents below dir, 100 in each directory.
func smallFiles(dir string, n int, word string) map[string]string {
	files := make(map[string]string, n)
	for i := range n {
		files[fmt.Sprintf("%s/d%03d/f%05d", dir, i/100, i)] = fmt.Sprintf("%s %d %s", word, i, strings.Repeat("x", i%1000))
	}
	return files
}
