package hooks

import (
	"context"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// shell returns a command that runs a cmd.exe command line. The line is passed as it
// is: with /S, cmd removes the outer quotes and leaves all others alone.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		CmdLine:       `cmd /S /C "` + line + `"`,
		CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP,
	}
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
