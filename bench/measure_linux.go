package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ferry/bench/wan"
	"ferry/internal/test/visitor"
)

// prepareTool lets a tool make a first pass over equal trees, on a link without delay, so that it has its state.
func (b *bench) prepareTool(ctx context.Context, r row, t tool, j job) error {
	if r.warm && t.remember != nil {
		return errors.Join(t.remember(j), chownLike(j.server.dir(), j.server.Root))
	}
	if !r.warm || t.warmUp == nil {
		return nil
	}
	b.setLink(link{}, 0)
	args, env := t.warmUp(j)
	u, output, err := b.runClient(ctx, r, "first-pass", args, env)
	if err == nil && u.Exit != 0 {
		err = fmt.Errorf("exit %d: %s", u.Exit, output)
	}
	if err != nil {
		return fmt.Errorf("first pass before the run: %w", err)
	}
	if j.direction == deploy { // the run is on another machine
		return makeEmpty(j.state, filepath.Join(b.work, "home"))
	}
	return nil
}

// pauseBeforeRun is the pause before each run. After a session has ended, ProFTPD does
// not answer for a moment, so without a pause a tool would pay for the sessions of the
// one before.
const pauseBeforeRun = time.Second

// measure runs a tool and fills in what it used.
func (b *bench) measure(ctx context.Context, turn turn, t tool, res *result, args, env []string) error {
	r := turn.row
	select {
	case <-time.After(pauseBeforeRun):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	var before wan.Traffic
	if b.link != nil {
		before = b.link.Traffic()
	}
	name := fmt.Sprintf("%s-%s-%s-%s-%d", turn.label, r.name, res.Link, t.name, res.Run)
	name = strings.NewReplacer(" ", "-", "/", "-", ",", "").Replace(name)
	var v *visitor.Visitor
	if r.visited {
		v = &visitor.Visitor{Site: visited, Dir: turn.server.dir(), Pause: 10 * time.Millisecond}
		v.Start()
	}
	u, output, err := b.runClient(ctx, r, name, args, env)
	if v != nil {
		res.see(v.End())
	}
	res.Seconds, res.CPU, res.Memory = u.Wall.Seconds(), u.CPU.Seconds(), u.Memory
	if b.link != nil && !r.loopback {
		traffic := b.link.Traffic().Minus(before)
		res.Traffic = &traffic
		if turn.link.roundTrip > 0 {
			res.RoundTrips = u.Wall.Seconds() / turn.link.roundTrip.Seconds() / float64(max(r.files, 1))
			res.Files = r.files
		}
	}
	switch {
	case err != nil:
		return err
	case u.Exit != 0:
		return fmt.Errorf("exit %d: %s", u.Exit, output)
	}
	return nil
}

// runClient runs a command at the client's end of the link. It returns the last lines of its output.
func (b *bench) runClient(ctx context.Context, r row, name string, args, env []string) (usage, string, error) {
	c := &command{Args: args, Dir: b.work, Output: filepath.Join(b.work, name+".out"), Limit: b.opts.limit}
	if r.limit > 0 {
		c.Limit = min(c.Limit, r.limit)
	}
	c.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(b.work, "home"), "TMPDIR=" + filepath.Join(b.work, "tmp"),
		"TZ=UTC", "LANG=C.UTF-8",
	}, env...)
	answer, err := b.clients[r.loopback || b.link == nil].ask(ctx, request{Run: c})
	output, _ := os.ReadFile(c.Output)
	lines := bytes.Split(bytes.TrimSpace(output), []byte("\n"))
	last := string(bytes.Join(lines[max(len(lines)-4, 0):], []byte(" | ")))
	return answer.Usage, last, err
}
