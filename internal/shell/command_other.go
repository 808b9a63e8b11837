//go:build !windows

package shell

import (
	"context"
	"os/exec"
)

// Command returns a command that runs a line of the shell.
func Command(ctx context.Context, line string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", "-c", line)
}
