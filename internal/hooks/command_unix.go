//go:build unix

package hooks

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"

	"ferry/internal/shell"
)

// groupedShell returns a command that runs a shell command line in a process group of its own.
// So its child processes can be ended with it, and Ctrl-C on the terminal is not sent
// to it.
func groupedShell(ctx context.Context, line string) *exec.Cmd {
	cmd := shell.Command(ctx, line)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// terminateGroup sends SIGTERM to all processes of a running command, and SIGKILL after
// a delay. It returns at once.
func terminateGroup(cmd *exec.Cmd, delay time.Duration) error {
	if err := signalGroup(cmd, syscall.SIGTERM); err != nil {
		return os.ErrProcessDone
	}
	// A stopped process handles the signal only after SIGCONT.
	_ = signalGroup(cmd, syscall.SIGCONT)
	time.AfterFunc(delay, func() { _ = signalGroup(cmd, syscall.SIGKILL) })
	return nil
}

// killGroup kills what is left of a command that was cancelled and whose shell has
// ended. It first gives the other processes a moment to end by themselves.
func killGroup(cmd *exec.Cmd) {
	for end := time.Now().Add(killDelay / 2); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if signalGroup(cmd, 0) != nil {
			return
		}
	}
	_ = signalGroup(cmd, syscall.SIGKILL)
}

// signalGroup sends a signal to the process group of a command. The ID of a group is
// not reused while there are processes in it.
func signalGroup(cmd *exec.Cmd, signal syscall.Signal) error {
	if cmd.Process == nil {
		return os.ErrProcessDone
	}
	return syscall.Kill(-cmd.Process.Pid, signal)
}
