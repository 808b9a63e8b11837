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

// agentVariable turns this program into an agent: a child process that carries out requests from standard input, one JSON
// object a line, in the network namespace in which it was started. When its input ends, the agent ends, and everything it
//
// started. Agents are needed for two reasons. Servers and clients must be started by a process in the right namespace. And
// until a command has begun to run, the kernel counts the memory of the process that starts it as memory of the command.
// So a process that uses little memory must start it.
const agentVariable = "FERRY_BENCH_AGENT"

// request is a request to an agent. Exactly one field is set.
type request struct {
	Run   *command       `json:",omitempty"`
	Serve *serverRequest `json:",omitempty"`
	Stop  bool           `json:",omitempty"` // stop all servers
}

// command is a program to run and measure.
type command struct {
	Args   []string
	Env    []string
	Dir    string
	Output string // file for its output
	Limit  time.Duration
}

// serverRequest asks for a server.
type serverRequest struct {
	Name    string
	Host    string
	TLS     bool
	Foreign bool     // other servers may open data connections to it, and it to them
	Extra   []string // further configuration
}

// reply is the answer to a request.
type reply struct {
	Usage  usage
	Server serverInfo
	Error  string
}

// usage is what a command used.
type usage struct {
	Wall, CPU time.Duration // CPU: user and system
	Memory    int64         // peak resident memory in bytes
	Exit      int           // exit code, or -1 after a signal
}

// agentMain is the main function of an agent.
func agentMain() error {
	requests := json.NewDecoder(bufio.NewReader(os.Stdin))
	replies := json.NewEncoder(os.Stdout)
	a := &agent{}
	defer a.stopServers()
	// The input is read ahead, so that its end is noticed while a command runs.
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

type agent struct{ hosts []*serverOwner }

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

// run runs a command until it ends, its limit is reached, or the context is done.
func (c *command) run(ctx context.Context) (usage, error) {
	output, err := os.Create(c.Output)
	if err != nil {
		return usage{}, err
	}
	defer output.Close()
	ctx, cancel := context.WithTimeoutCause(ctx, c.Limit, fmt.Errorf("it ran longer than %v", c.Limit))
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = c.Env, c.Dir, output, output
	// This thread must live as long as the command, because the kernel sends the signal when the thread ends.
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
			u.Memory = int64(rusage.Maxrss) << 10
		}
	}
	if ctx.Err() != nil {
		return u, context.Cause(ctx)
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = nil // Exit holds the exit code
	}
	return u, err
}

// serve starts a server.
func (a *agent) serve(r *serverRequest) (serverInfo, error) {
	h := &serverOwner{}
	a.hosts = append(a.hosts, h)
	o := realftp.Options{Host: r.Host, Foreign: r.Foreign, Extra: r.Extra}
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

// agentClient is the connection of the benchmark to an agent.
type agentClient struct {
	cmd      *exec.Cmd
	requests io.WriteCloser
	replies  *json.Decoder
	encoder  *json.Encoder
}

// startAgent starts an agent in the network namespace of this thread. The thread must live as long as the agent. With
// ownPIDs the agent gets a PID namespace, so that all its descendants end with it. This is not for agents that start
// servers, because these have PID namespaces of their own.
func startAgent(ownPIDs bool, env ...string) (*agentClient, error) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), agentVariable+"=1")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = os.Stderr
	// Not in the process group of the terminal, so that Ctrl-C reaches the parent only.
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
	return &agentClient{cmd: cmd, requests: requests, replies: json.NewDecoder(replies), encoder: json.NewEncoder(requests)}, nil
}

// ask sends a request and waits for the reply. When the context is done it closes the input of the agent, which then ends.
func (c *agentClient) ask(ctx context.Context, r request) (reply, error) {
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

// close ends the agent and everything it started.
func (c *agentClient) close() {
	c.requests.Close()
	_ = c.cmd.Wait()
}
