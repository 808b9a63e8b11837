package hooks

import (
	"context"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"ferry/internal/shell"
)

// groupedShell returns a command that runs a line of the shell in a process group of its
// own, so that Ctrl-C on the console is not sent to it.
func groupedShell(ctx context.Context, line string) *exec.Cmd {
	cmd := shell.Command(ctx, line)
	cmd.SysProcAttr.CreationFlags = syscall.CREATE_NEW_PROCESS_GROUP
	return cmd
}

// terminateGroup kills a running command and its child processes, as far as taskkill
// finds them. Programs without a window cannot be asked to end.
func terminateGroup(cmd *exec.Cmd, _ time.Duration) error {
	if exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run() == nil {
		return nil
	}
	return cmd.Process.Kill()
}

func killGroup(*exec.Cmd) {}
