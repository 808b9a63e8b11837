package shell

import (
	"context"
	"os/exec"
	"syscall"
)

// Command returns a command that runs a line of the shell. The line is passed as it is: with
// /S, cmd removes the outer quotes and leaves all others alone. Go would escape them, which
// cmd does not understand.
func Command(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /S /C "` + line + `"`}
	return cmd
}
