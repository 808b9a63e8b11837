package merge

import (
	"context"
	"os/exec"
	"syscall"
)

// shell returns a command that runs a cmd.exe command line. With /S, cmd removes the outer quotes and leaves all others
// alone.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /S /C "` + line + `"`}
	return cmd
}
