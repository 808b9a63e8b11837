package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"ferry/internal/test/realftp"
)

// roleVariable makes this program an agent: a child that does what it is asked for on standard input, one JSON object a
// line, in the network namespace that it was started in. It ends, with all that it started, when its input does.
//
// There are two reasons for it. Servers and clients must be started from a process that is in the right namespace. And the
// kernel counts the memory of the process that starts a command as the command's own until the command has begun, so
// commands are started by a process that holds nothing.
const roleVariable = "FERRY_BENCH_AGENT"

// request is one of these.
type request struct {
	Run   *command       `json:",omitempty"`
	Serve *serverRequest `json:",omitempty"`
	Stop  bool           `json:",omitempty"` // all servers
}

// command is a program to run and to measure.
type command struct {
	Args   []string
	Env    []string
	Dir    string
	Output string // file for what it writes
	Limit  time.Duration
}

// serverRequest is a server to start.
type serverRequest struct {
	Name string
	Host string
	TLS  bool
}

// reply answers a request.
type reply struct {
	Usage  usage
	Server serverInfo
	Error  string
}

// usage is what a command cost.
type usage struct {
	Wall, CPU time.Duration // CPU: user and system
	Memory    int64         // most bytes resident at a moment
	Exit      int           // -1: by a signal
}

// agentMain is the life of an agent.
func agentMain() error {
	requests := json.NewDecoder(bufio.NewReader(os.Stdin))
	replies := json.NewEncoder(os.Stdout)
	a := &agent{}
	defer a.stopServers()
	// The input is read ahead, so that its end is seen while a command runs.
	incoming := make(chan request)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		defer close(incoming)
		for {
			var r request
			if requests.Decode(&r) != nil {
				return
			}
			select {
			case incoming <- r:
			case <-ctx.Done():
			}
		}
	}()
	for r := range incoming {
		answer, err := a.do(ctx, r)
		if err != nil {
			answer.Error = err.Error()
		}
		if err := replies.Encode(answer); err != nil {
			return err
		}
	}
	return nil
}

type agent struct{ hosts []*host }

func (a *agent) do(ctx context.Context, r request) (reply, error) {
	switch {
	case r.Run != nil:
		u, err := r.Run.run(ctx)
		return reply{Usage: u}, err
	case r.Serve != nil:
		info, err := a.serve(r.Serve)
		return reply{Server: info}, err
	case r.Stop:
		a.stopServers()
	}
	return reply{}, nil
}

// run runs a command to its end, or to its limit, or until the context is done.
func (c *command) run(ctx context.Context) (usage, error) {
	output, err := os.Create(c.Output)
	if err != nil {
		return usage{}, err
	}
	defer output.Close()
	ctx, cancel := context.WithTimeoutCause(ctx, c.Limit, fmt.Errorf("longer than %v", c.Limit))
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = c.Env, c.Dir, output, output
	// The thread that starts it must live as long: the signal comes when that thread ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	start := time.Now()
	err = cmd.Run()
	u := usage{Wall: time.Since(start)}
	if cmd.ProcessState != nil {
		u.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		u.Exit = cmd.ProcessState.ExitCode()
		if rusage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			u.Memory = rusage.Maxrss << 10
		}
	}
	if ctx.Err() != nil {
		return u, context.Cause(ctx)
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = nil // Exit says it
	}
	return u, err
}

// serve starts a server.
func (a *agent) serve(r *serverRequest) (serverInfo, error) {
	h := &host{}
	a.hosts = append(a.hosts, h)
	o := realftp.Options{Host: r.Host}
	if r.TLS {
		o.TLS = realftp.Explicit
	}
	if err := realftp.Supports(r.Name, o); err != nil {
		return serverInfo{}, err
	}
	s, err := h.start(r.Name, o)
	if err != nil {
		return serverInfo{}, err
	}
	return serverInfo{Name: s.Name, Host: s.Host, Port: s.Port, Root: s.Root, Fingerprint: s.Fingerprint}, nil
}

func (a *agent) stopServers() {
	for _, h := range a.hosts {
		h.stop()
	}
	a.hosts = nil
}

// client is the other end of an agent.
type client struct {
	cmd      *exec.Cmd
	requests io.WriteCloser
	replies  *json.Decoder
	encoder  *json.Encoder
}

// startAgent starts an agent in the network namespace of this thread, which must live as long as the agent. With ownPIDs
// it is the first process of a PID namespace, and what it started dies with it, children of children as well. Not for
// servers: they have such namespaces of their own.
func startAgent(ownPIDs bool, env ...string) (*client, error) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleVariable+"=1")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = os.Stderr
	// Not in the group of the terminal: Ctrl-C is for the parent alone.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if ownPIDs && os.Getuid() == 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWPID
	}
	requests, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	replies, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &client{cmd: cmd, requests: requests, replies: json.NewDecoder(replies), encoder: json.NewEncoder(requests)}, nil
}

// ask sends a request and waits for the reply. When the context is done the agent is told to end.
func (c *client) ask(ctx context.Context, r request) (reply, error) {
	stop := context.AfterFunc(ctx, func() { c.requests.Close() })
	defer stop()
	if err := c.encoder.Encode(r); err != nil {
		return reply{}, errors.Join(context.Cause(ctx), err)
	}
	var answer reply
	if err := c.replies.Decode(&answer); err != nil {
		return reply{}, errors.Join(context.Cause(ctx), err)
	}
	if ctx.Err() != nil {
		return reply{}, context.Cause(ctx)
	}
	if answer.Error != "" {
		return answer, errors.New(answer.Error)
	}
	return answer, nil
}

// close ends the agent and all that it started.
func (c *client) close() {
	c.requests.Close()
	_ = c.cmd.Wait()
}
