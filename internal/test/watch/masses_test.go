//go:build linux

package watch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// fewer is n, less of it in short runs.
func fewer(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// TestMasses changes many files at once, as programs do.
func TestMasses(t *testing.T) {
	copied := fewer(20_000)
	t.Run("cp -a", func(t *testing.T) {
		from := filepath.Join(t.TempDir(), "from")
		(&pair{TB: t, here: from}).write(small(".", copied, "copied"))
		scene{
			server: "proftpd", before: map[string]string{"keep": "kept"},
			do:      func(t *testing.T, here string) { command(t, "cp", "-a", from, here+"/copy") },
			actions: map[string]int{"upload remote": copied, "mkdir remote": 1 + copied/100}, stor: copied,
		}.play(t)
	})

	moved := fewer(5_000)
	t.Run("mv", scene{
		server: "vsftpd", before: small("old", moved, "moved"),
		do: func(t *testing.T, here string) {
			command(t, "mkdir", here+"/new")
			command(t, "mv", here+"/old", here+"/new/name")
		},
		actions: map[string]int{"mkdir remote": 1, "move remote": 1},
	}.play)

	t.Run("mv in a tree", scene{
		server: "pureftpd", before: small("a/old", fewer(1_000), "moved"),
		do: func(t *testing.T, here string) {
			command(t, "mv", here+"/a/old", here+"/b")
			command(t, "sh", "-c", "cd '"+here+"/b' && for d in d*; do mv $d x$d; done")
		},
		// Nothing below old has kept its name, so that one is made and the other goes; what is in them moves.
		actions: map[string]int{"mkdir remote": 1, "move remote": fewer(1_000) / 100, "rmdir remote": 1}, dele: 1,
	}.play)

	t.Run("rm -rf and back", func(t *testing.T) {
		backup := filepath.Join(t.TempDir(), "backup")
		scene{
			server: "proftpd", before: small("tree", 500, "restored"),
			do: func(t *testing.T, here string) {
				command(t, "cp", "-a", here+"/tree", backup)
				command(t, "rm", "-rf", here+"/tree")
				command(t, "cp", "-a", backup, here+"/tree")
			},
		}.play(t)
	})

	t.Run("rm -rf, a pass, and back", func(t *testing.T) {
		backup := filepath.Join(t.TempDir(), "backup")
		scene{
			server: "pyftpdlib", before: small("tree", 500, "restored"),
			do: func(t *testing.T, here string) {
				command(t, "cp", "-a", here+"/tree", backup)
				command(t, "rm", "-rf", here+"/tree")
			},
			more: func(p *pair, r *run) {
				p.write(map[string]string{sentinel: "a pass while the tree is away"})
				r.upload(sentinel)
				command(t, "cp", "-a", backup, p.here+"/tree")
			},
			extra: 1,
		}.play(t)
	})

	branch := fewer(2_000)
	t.Run("git checkout", func(t *testing.T) {
		git := newGit(t)
		changed := branch / 2
		scene{
			server: "vsftpd", before: small("src", branch, "main"),
			do: func(t *testing.T, here string) {
				makeBranches(t, here, branch, git)
				git(t, here, "checkout", "-q", "other")
			},
			// A quarter went, a quarter came, a half is another.
			actions: map[string]int{"upload remote": changed + branch/4, "delete remote": branch / 4,
				"rmdir remote": branch / 400, "mkdir remote": 1 + branch/400},
			stor: changed + branch/4, dele: branch/4 + branch/400,
		}.play(t)
	})
	t.Run("git checkout and back", func(t *testing.T) {
		git := newGit(t)
		scene{
			server: "proftpd", before: small("src", branch, "main"),
			do: func(t *testing.T, here string) {
				makeBranches(t, here, branch, git)
				git(t, here, "checkout", "-q", "other")
				git(t, here, "checkout", "-q", "main")
			},
		}.play(t)
	})
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// newGit returns what runs git with a repository outside of the tree that is here.
func newGit(t *testing.T) func(t *testing.T, here string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	repository := filepath.Join(t.TempDir(), "git")
	return func(t *testing.T, here string, args ...string) {
		t.Helper()
		command(t, "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@t", "-c", "core.fsync=none",
			"--git-dir", repository, "--work-tree", here, "-C", here}, args...)...)
	}
}

// makeBranches makes the branches main, which is what is here, and other, with a quarter of the files less, another
// quarter more, and half of them changed. The working tree is touched by nothing but the checkout of main's own files.
func makeBranches(t *testing.T, here string, n int, git func(*testing.T, string, ...string)) {
	t.Helper()
	git(t, here, "init", "-q", "-b", "main")
	git(t, here, "add", "-A")
	git(t, here, "commit", "-q", "-m", "main")
	other := filepath.Join(t.TempDir(), "other")
	files := small("src", n, "main")
	for name := range small("src", n/4, "main") {
		delete(files, name)
	}
	for name, content := range small("src", n/2+n/4, "other") {
		if _, kept := files[name]; kept {
			files[name] = content
		}
	}
	for name, content := range small("added", n/4, "added") {
		files[name] = content
	}
	(&pair{TB: t, here: other}).write(files)
	git(t, other, "checkout", "-q", "-b", "other")
	git(t, other, "add", "-A")
	git(t, other, "commit", "-q", "-m", "other")
	// Back to main without touching what is here, which is main still.
	git(t, here, "symbolic-ref", "HEAD", "refs/heads/main")
	git(t, here, "reset", "-q", "--mixed")
	if _, err := os.Stat(filepath.Join(here, fmt.Sprintf("src/d%03d", 0))); err != nil {
		t.Fatal(err)
	}
}
