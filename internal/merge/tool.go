// Package merge has a program of the user's choice merge two versions of a file, as "git mergetool" does.
package merge

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"ferry/internal/shell"
)

// ErrUnchanged is returned where the tool has left the file as it was.
var ErrUnchanged = errors.New("the tool has left the file as it was")

// A Tool is a program that merges.
type Tool struct {
	// Command is a line for the shell, see [Command]. It finds the names of the files in LOCAL, REMOTE, BASE and MERGED.
	Command string
	// Dir is the directory that it runs in, and Environ its environment besides these four.
	Dir     string
	Environ []string

	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// known are the commands of tools that are named without any.
var known = map[string]string{
	"code":     `code --wait --merge "$LOCAL" "$REMOTE" "$BASE" "$MERGED"`,
	"kdiff3":   `kdiff3 "$LOCAL" "$REMOTE" -o "$MERGED"`,
	"meld":     `meld "$LOCAL" "$MERGED" "$REMOTE"`,
	"nvimdiff": `nvim -f -d "$MERGED" "$LOCAL" "$REMOTE"`,
	"opendiff": `opendiff "$LOCAL" "$REMOTE" -merge "$MERGED" | cat`,
	"vimdiff":  `vim -f -d "$MERGED" "$LOCAL" "$REMOTE"`,
}

// Command returns the command line for what a user calls a merge tool: the name of a known one, or a command line.
func Command(tool string) string {
	command := cmp.Or(known[tool], tool)
	if runtime.GOOS == "windows" { // cmd has other variables
		for _, name := range names {
			command = strings.ReplaceAll(command, "$"+name, "%"+name+"%")
		}
	}
	return command
}

var names = []string{"LOCAL", "REMOTE", "BASE", "MERGED"}

// Files are the names of the files that a tool gets. They are in a directory of their own.
type Files struct {
	Local, Remote string
	// Base is an empty file: what both versions began with is not kept.
	Base string
	// Merged is what the tool writes. It begins as a copy of Local.
	Merged string

	dir string
}

// NewFiles makes the directory for the versions of a file called base. The caller removes it with [Files.Remove].
func NewFiles(base string) (Files, error) {
	dir, err := os.MkdirTemp("", "ferry-merge-") // mode 0700
	if err != nil {
		return Files{}, err
	}
	ext := filepath.Ext(base)
	stem := strings.TrimSuffix(base, ext)
	name := func(kind string) string { return filepath.Join(dir, stem+kind+ext) }
	f := Files{Local: name(".LOCAL"), Remote: name(".REMOTE"), Base: name(".BASE"), Merged: filepath.Join(dir, base), dir: dir}
	if err := os.WriteFile(f.Base, nil, 0o600); err != nil {
		f.Remove()
		return Files{}, err
	}
	return f, nil
}

// Remove removes the files.
func (f Files) Remove() { _ = os.RemoveAll(f.dir) }

// Run runs the tool on Local and Remote, which are there. It returns nil only if the tool has ended well and Merged has
// another content than Local now.
func (t Tool) Run(ctx context.Context, f Files) error {
	before, err := os.ReadFile(f.Local)
	if err == nil {
		err = os.WriteFile(f.Merged, before, 0o600)
	}
	if err != nil {
		return err
	}
	cmd := shell.Command(ctx, t.Command)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = t.Dir, t.Stdin, t.Stdout, t.Stderr
	cmd.WaitDelay = time.Second // for what the tool left running
	cmd.Env = append(slices.Clone(t.Environ), "LOCAL="+f.Local, "REMOTE="+f.Remote, "BASE="+f.Base, "MERGED="+f.Merged)
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return fmt.Errorf("the merge tool: %w", err)
	}
	after, err := os.ReadFile(f.Merged)
	switch {
	case err != nil:
		return fmt.Errorf("the merge tool has left no file: %w", err)
	case bytes.Equal(before, after):
		return ErrUnchanged
	}
	return nil
}
