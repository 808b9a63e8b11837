//go:build !unix && !windows

package hooks

import (
	"context"
	"os/exec"
	"time"
)

func shell(ctx context.Context, line string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", "-c", line)
}

func terminateGroup(cmd *exec.Cmd, _ time.Duration) error { return cmd.Process.Kill() }

func killGroup(*exec.Cmd) {}
