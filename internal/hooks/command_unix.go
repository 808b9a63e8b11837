//go:build unix

package hooks

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// shell returns the command that runs a line of the shell, in a process group of
// its own: what it starts can be ended with it, and a Ctrl-C on the terminal
// does not reach it around us.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// endGroup asks all processes of a running command to end, and kills them after
// grace. It returns at once.
func endGroup(cmd *exec.Cmd, grace time.Duration) error {
	if err := signalGroup(cmd, syscall.SIGTERM); err != nil {
		return os.ErrProcessDone
	}
	// A stopped process does not see the signal before it goes on.
	_ = signalGroup(cmd, syscall.SIGCONT)
	time.AfterFunc(grace, func() { _ = signalGroup(cmd, syscall.SIGKILL) })
	return nil
}

// killGroup ends what is left of a command that was asked to end and whose shell
// is gone. It gives the rest a moment to leave by itself.
func killGroup(cmd *exec.Cmd) {
	for end := time.Now().Add(endGrace / 2); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if signalGroup(cmd, 0) != nil {
			return
		}
	}
	_ = signalGroup(cmd, syscall.SIGKILL)
}

// signalGroup sends a signal to the process group of a command. The number of a
// group is not given to another while anyone is left in it.
func signalGroup(cmd *exec.Cmd, signal syscall.Signal) error {
	if cmd.Process == nil {
		return os.ErrProcessDone
	}
	return syscall.Kill(-cmd.Process.Pid, signal)
}
