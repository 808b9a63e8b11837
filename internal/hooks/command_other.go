//go:build !unix && !windows

package hooks

import (
	"context"
	"os/exec"
	"time"

	"ferry/internal/shell"
)

func groupedShell(ctx context.Context, line string) *exec.Cmd {
	return shell.Command(ctx, line)
}

func terminateGroup(cmd *exec.Cmd, _ time.Duration) error { return cmd.Process.Kill() }

func killGroup(*exec.Cmd) {}
