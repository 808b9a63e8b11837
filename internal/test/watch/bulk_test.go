//go:build linux

package watch

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// scaled returns n, or a tenth of it in short mode.
func scaled(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// Many files are changed at once, as programs do.
func TestBulkChanges(t *testing.T) {
	copied := scaled(5_000)
	if os.Getenv("FERRY_WATCH_ALL") == "1" {
		copied = 20_000
	}
	t.Run("cp -a", func(t *testing.T) {
		from := filepath.Join(t.TempDir(), "from")
		(&pair{TB: t, local: from}).write(smallFiles(".", copied, "copied"))
		scenario{
			server: "proftpd", before: map[string]string{"keep": "kept"},
			do:      func(t *testing.T, local string) { runCommand(t, "cp", "-a", from, local+"/copy") },
			actions: map[string]int{"upload remote": copied, "mkdir remote": 1 + copied/100}, stor: copied,
		}.run(t)
	})

	moved := scaled(5_000)
	t.Run("mv", scenario{
		server: "vsftpd", before: smallFiles("old", moved, "moved"),
		do: func(t *testing.T, local string) {
			runCommand(t, "mkdir", local+"/new")
			runCommand(t, "mv", local+"/old", local+"/new/name")
		},
		actions: map[string]int{"mkdir remote": 1, "move remote": 1},
	}.run)

	t.Run("mv in a tree", scenario{
		server: "pureftpd", before: smallFiles("a/old", scaled(1_000), "moved"), atOnce: true,
		do: func(t *testing.T, local string) {
			runCommand(t, "mv", local+"/a/old", local+"/b")
			runCommand(t, "sh", "-c", "cd '"+local+"/b' && for d in d*; do mv $d x$d; done")
		},
		// Nothing below old has kept its name, so old is removed, b is made, and what is in them is moved.
		actions: map[string]int{"mkdir remote": 1, "move remote": scaled(1_000) / 100, "rmdir remote": 1}, dele: 1,
	}.run)

	t.Run("rm -rf and back", func(t *testing.T) {
		backup := filepath.Join(t.TempDir(), "backup")
		scenario{
			server: "proftpd", before: smallFiles("tree", 500, "restored"), atOnce: true,
			do: func(t *testing.T, local string) {
				runCommand(t, "cp", "-a", local+"/tree", backup)
				runCommand(t, "rm", "-rf", local+"/tree")
				runCommand(t, "cp", "-a", backup, local+"/tree")
			},
		}.run(t)
	})

	t.Run("rm -rf, a pass, and back", func(t *testing.T) {
		backup := filepath.Join(t.TempDir(), "backup")
		scenario{
			server: "pyftpdlib", before: smallFiles("tree", 500, "restored"),
			do: func(t *testing.T, local string) {
				runCommand(t, "cp", "-a", local+"/tree", backup)
				runCommand(t, "rm", "-rf", local+"/tree")
			},
			then: func(p *pair, r *watchProcess) {
				p.write(map[string]string{sentinel: "a pass while the tree is away"})
				r.upload(sentinel)
				runCommand(t, "cp", "-a", backup, p.local+"/tree")
			},
			extraStor: 1,
		}.run(t)
	})

	branch := scaled(2_000)
	t.Run("git checkout", func(t *testing.T) {
		git := newGit(t)
		changed := branch / 2
		scenario{
			server: "vsftpd", before: smallFiles("src", branch, "main"), atOnce: true,
			do: func(t *testing.T, local string) {
				makeBranches(t, local, branch, git)
				git(t, local, "checkout", "-q", "other")
			},
			// A quarter of the files is removed, a quarter is new, half are changed. A directory holds 100 of them.
			actions: countsAbove0(map[string]int{"upload remote": changed + branch/4, "delete remote": branch / 4,
				"rmdir remote": branch / 400, "mkdir remote": 1 + (branch/4+99)/100}),
			stor: changed + branch/4, dele: branch/4 + branch/400,
		}.run(t)
	})
	t.Run("git checkout and back", func(t *testing.T) {
		git := newGit(t)
		scenario{
			server: "proftpd", before: smallFiles("src", branch, "main"), atOnce: true,
			do: func(t *testing.T, local string) {
				makeBranches(t, local, branch, git)
				git(t, local, "checkout", "-q", "other")
				git(t, local, "checkout", "-q", "main")
			},
		}.run(t)
	})
}

// countsAbove0 drops what is not to happen at all, as [watchProcess.actions] does not have it either.
func countsAbove0(counts map[string]int) map[string]int {
	maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
	return counts
}

func runCommand(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// newGit returns a function that runs git with a repository outside of the local tree.
func newGit(t *testing.T) func(t *testing.T, local string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	repository := filepath.Join(t.TempDir(), "git")
	return func(t *testing.T, local string, args ...string) {
		t.Helper()
		runCommand(t, "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@t", "-c", "core.fsync=none",
			"--git-dir", repository, "--work-tree", local, "-C", local}, args...)...)
	}
}

// makeBranches makes two branches: main, which is the local tree, and other, in which a quarter of the files is missing, a
// quarter is new and half are changed. It does not touch the files of the local tree.
func makeBranches(t *testing.T, local string, n int, git func(*testing.T, string, ...string)) {
	t.Helper()
	git(t, local, "init", "-q", "-b", "main")
	git(t, local, "add", "-A")
	git(t, local, "commit", "-q", "-m", "main")
	other := filepath.Join(t.TempDir(), "other")
	files := smallFiles("src", n, "main")
	for name := range smallFiles("src", n/4, "main") {
		delete(files, name)
	}
	for name, content := range smallFiles("src", n/2+n/4, "other") {
		if _, kept := files[name]; kept {
			files[name] = content
		}
	}
	for name, content := range smallFiles("added", n/4, "added") {
		files[name] = content
	}
	(&pair{TB: t, local: other}).write(files)
	git(t, other, "checkout", "-q", "-b", "other")
	git(t, other, "add", "-A")
	git(t, other, "commit", "-q", "-m", "other")
	// Back to main without touching the local tree, which still is main.
	git(t, local, "symbolic-ref", "HEAD", "refs/heads/main")
	git(t, local, "reset", "-q", "--mixed")
	if _, err := os.Stat(filepath.Join(local, fmt.Sprintf("src/d%03d", 0))); err != nil {
		t.Fatal(err)
	}
}
