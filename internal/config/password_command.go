package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"ferry/internal/shell"
)

// commandTime is how long a command that prints a password may take. It leaves time
// to unlock a password store.
const commandTime = 2 * time.Minute

// run runs a shell command in the directory of file, and returns the first line that
// it prints.
func (f Finder) run(ctx context.Context, command, file string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	var out limitedBuffer
	cmd := shell.Command(ctx, command)
	cmd.Stdout, cmd.Stderr = &out, f.Stderr
	cmd.WaitDelay = time.Second // for what the shell left running
	if file != "" {
		cmd.Dir = filepath.Dir(file)
	}
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("running the command: %w", context.Cause(ctx))
	case out.over:
		return "", errors.New("the command prints more than a password")
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", fmt.Errorf("running the command: %w", err)
	}
	line, err := firstLine(strings.NewReader(out.text.String()))
	if err != nil {
		return "", fmt.Errorf("reading what the command prints: %w", err)
	}
	if line == "" {
		return "", errors.New("the first line that the command prints is empty")
	}
	return line, nil
}

// A limitedBuffer takes up to maxSecret bytes. A command that prints more finds its
// pipe closed.
type limitedBuffer struct {
	text strings.Builder
	over bool // more was written
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > maxSecret {
		b.over = true
		return 0, io.ErrShortWrite
	}
	return b.text.Write(p)
}
