package hooks

import (
	"context"
	"errors"
	"os/exec"
	"time"
)

// The times for ending a command: after endGrace what does not heed the polite
// signal is killed, and after pipeGrace its pipes are closed whoever holds them.
const (
	endGrace  = time.Second
	pipeGrace = endGrace + 500*time.Millisecond
)

// command runs the command of the shell. A command that reads none or only some
// of the paths is fine, and so is one that leaves something running: that loses
// its pipes.
func (h Hook) command(ctx context.Context, ev Event) error {
	cmd := shell(ctx, h.Do)
	cmd.Dir = h.Dir
	cmd.Env = append(append([]string{}, h.Environ...), ev.environ()...)
	cmd.Stdin = ev.lines()
	out := &outlet{out: h.Out}
	cmd.Stdout, cmd.Stderr = out, out // one writer, so that it is written to by one goroutine
	cmd.WaitDelay = pipeGrace
	cmd.Cancel = func() error { return endGroup(cmd, endGrace) }
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
