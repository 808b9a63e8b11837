package hooks

import (
	"context"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// shell returns the command that runs a line of cmd.exe. The line goes over as
// it is: with /S cmd takes off the outer quotes and leaves all others alone.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		CmdLine:       `cmd /S /C "` + line + `"`,
		CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP,
	}
	return cmd
}

// endGroup ends a running command and what it started, as far as taskkill finds
// it; there is no polite way for programs without a window.
func endGroup(cmd *exec.Cmd, _ time.Duration) error {
	if exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run() == nil {
		return nil
	}
	return cmd.Process.Kill()
}

func killGroup(*exec.Cmd) {}
