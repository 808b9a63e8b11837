//go:build !windows

package merge

import (
	"context"
	"os/exec"
)

// shell returns a command that runs a line of the shell. It stays in the process group of this program, since it may
// need the terminal.
func shell(ctx context.Context, line string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", "-c", line)
}
