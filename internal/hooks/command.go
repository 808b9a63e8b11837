package hooks

import (
	"context"
	"errors"
	"os/exec"
	"time"
)

// When a command is cancelled, processes that ignore SIGTERM are killed after killDelay,
// and after pipeDelay its pipes are closed, even if a process still has them open.
const (
	killDelay = time.Second
	pipeDelay = killDelay + 500*time.Millisecond
)

// command runs the shell command. It is no error if the command does not read all
// paths, or if it leaves a process running; the pipes of that process are closed.
func (h Hook) command(ctx context.Context, ev Event) error {
	cmd := groupedShell(ctx, h.Do)
	cmd.Dir = h.Dir
	cmd.Env = append(append([]string{}, h.Environ...), ev.environ()...)
	cmd.Stdin = ev.lines()
	out := &outputLines{out: h.Out}
	cmd.Stdout, cmd.Stderr = out, out // the same writer, so that exec uses one goroutine for both
	cmd.WaitDelay = pipeDelay
	cmd.Cancel = func() error { return terminateGroup(cmd, killDelay) }
	err := cmd.Run()
	out.close()
	if ctx.Err() != nil {
		killGroup(cmd)
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	return err
}
