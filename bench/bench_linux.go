package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"ferry/bench/wan"
	"ferry/internal/test/visitor"
)

// bench is one run of the benchmark.
type bench struct {
	opts  options
	work  string // directory of all files
	tools []tool
	// programs are the names and versions of the measured programs.
	programs []string
	log      func(format string, args ...any) // prints progress to the user

	link    *wan.Link // nil without one
	clients map[bool]*agentClient
	hosts   map[bool]*agentClient // keys: on loopback
	servers map[string]serverInfo

	// The trees of both sides as they are now.
	currentTrees string // server and name of the fixture; "" when it must be made again
	record       func(result)
}

// runBench runs all rows on all servers. It calls record with each result, and last after the last one with the names and
// versions of the programs. Afterwards it removes its files, which may be millions.
func runBench(ctx context.Context, o options, note func(string, ...any), record func(result), last func(programs []string)) error {
	b := &bench{opts: o, log: note, record: record,
		clients: map[bool]*agentClient{}, hosts: map[bool]*agentClient{}, servers: map[string]serverInfo{}}
	if o.fetch {
		b.fetch(ctx)
	}
	removeOldRuns(b.parent())
	var err error
	if b.work, err = makeWork(b.parent()); err != nil {
		return err
	}
	if o.keep {
		note("files: %s", b.work)
	} else {
		defer os.RemoveAll(b.work)
	}
	if err := b.findTools(ctx); err != nil {
		return err
	}
	defer b.close()
	if err := b.open(); err != nil {
		return err
	}
	defer func() { last(b.programs) }()
	for _, name := range o.servers {
		if err := b.runServer(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) parent() string {
	if b.opts.dir != "" {
		return b.opts.dir
	}
	return os.TempDir()
}

const workPrefix = "ferry-bench-"

// makeWork makes the directory of the run. It is locked until the run ends.
func makeWork(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, workPrefix)
	if err != nil {
		return "", err
	}
	// Servers that run as another user must be able to enter it.
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	for _, name := range []string{"local", "state", "home", "tmp", "bin"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			return "", err
		}
	}
	_, err = lock(dir)
	return dir, err
}

// lock locks the directory of a run. The file stays open until this program ends.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	lockFiles = append(lockFiles, f)
	return f, nil
}

var lockFiles []*os.File // a reference keeps them open

// removeOldRuns removes the directories of runs that were killed.
func removeOldRuns(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, workPrefix+"*"))
	for _, dir := range left {
		if _, err := os.Stat(filepath.Join(dir, "lock")); err != nil {
			continue // another run is making it
		}
		if f, err := lock(dir); err == nil {
			_ = os.RemoveAll(dir)
			f.Close()
		}
	}
}

// fetch gets the servers and tools that are missing. What cannot be fetched is reported later, when it is needed.
func (b *bench) fetch(ctx context.Context) {
	root, err := moduleRoot(ctx)
	if err != nil {
		b.log("not fetching servers and tools: %v", err)
		return
	}
	for _, name := range slices.Concat(b.opts.servers, b.opts.tools) {
		if name == "ferry" {
			continue
		}
		if name == ftpDeployName {
			if err := fetchFTPDeploy(ctx); err != nil {
				b.log("fetching %s: %v", name, err)
			}
			continue
		}
		cmd := exec.CommandContext(ctx, filepath.Join(root, ".ci", "servers"), name)
		if out, err := cmd.CombinedOutput(); err != nil {
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			b.log("fetching %s: %v: %s", name, err, lines[len(lines)-1])
		}
	}
}

// moduleRoot returns the root of the checkout.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if mod == "" || mod == os.DevNull {
		return "", errors.New("the working directory is not in the checkout")
	}
	return filepath.Dir(mod), nil
}

// findTools finds or builds the programs. Missing ones are reported and left out.
func (b *bench) findTools(ctx context.Context) error {
	if path, err := exec.LookPath("find"); err == nil {
		b.tools = append(b.tools, find(program{path: path}))
	}
	for _, name := range b.opts.tools {
		if name == "ferry" {
			p, err := b.buildFerry(ctx)
			if err != nil {
				return err
			}
			b.tools = append(b.tools, ferry(p, b.opts.ferryArgs...))
			continue
		}
		if name == ftpDeployName {
			p, script, version, err := findFTPDeploy()
			if err != nil {
				b.log("leaving out %s: %v", name, err)
				continue
			}
			b.programs = append(b.programs, name+" "+version)
			b.tools = append(b.tools, ftpDeploy(p, script))
			continue
		}
		p, err := findProgram(name)
		var version string
		if err == nil {
			version, err = p.ask(ctx, map[string]string{"lftp": "--version", "rclone": "version"}[name])
		}
		if err != nil {
			b.log("leaving out %s: %v", name, err)
			continue
		}
		b.programs = append(b.programs, versionOf(name, version))
		if name == "lftp" {
			b.tools = append(b.tools, lftp(p, "lftp"), lftp(p, "lftp pipelined", "set ftp:sync-mode off"))
			continue
		}
		secret, err := p.ask(ctx, "obscure", "secret")
		if err != nil {
			return err
		}
		b.tools = append(b.tools, rcloneSync(p, secret), rcloneBisync(p, secret))
	}
	return nil
}

func (b *bench) buildFerry(ctx context.Context) (program, error) {
	if b.opts.ferry != "" {
		path, err := filepath.Abs(b.opts.ferry)
		return program{path: path}, err
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return program{}, err
	}
	p := program{path: filepath.Join(b.work, "bin", "ferry")}
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", p.path, ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return p, fmt.Errorf("building ferry: %w\n%s", err, out)
	}
	return p, nil
}

// open makes the link, and starts the agents at its ends.
func (b *bench) open() error {
	env := "TMPDIR=" + filepath.Join(b.work, "tmp")
	startClient := func(loopback bool) (err error) {
		b.clients[loopback], err = startAgent(true, env)
		return err
	}
	startHost := func(loopback bool) (err error) {
		b.hosts[loopback], err = startAgent(false, env)
		return err
	}
	// The agents end when this thread ends.
	runtime.LockOSThread()
	if err := errors.Join(startClient(true), startHost(true)); err != nil {
		return err
	}
	if b.opts.roundTrip == 0 && b.opts.rate == 0 {
		b.clients[false], b.hosts[false] = b.clients[true], b.hosts[true]
		return nil
	}
	link, err := wan.Open(wan.Options{RoundTrip: b.opts.roundTrip, Rate: b.opts.rate})
	if err != nil {
		return fmt.Errorf("%w (run it as root, or with -rtt 0 -rate none for loopback only)", err)
	}
	b.link = link
	return errors.Join(
		link.InClient(func() error { return startClient(false) }),
		link.InServer(func() error { return startHost(false) }))
}

func (b *bench) close() {
	for _, agents := range []map[bool]*agentClient{b.clients, b.hosts} {
		for _, a := range agents {
			if a != nil {
				a.close()
			}
		}
	}
	if b.link != nil {
		_ = b.link.Close()
	}
}

// runServer runs all rows on one server.
func (b *bench) runServer(ctx context.Context, name string) error {
	for _, r := range rows(b.opts) {
		if !b.opts.wants(r.name, r.slow) {
			continue
		}
		server, err := b.server(ctx, name, r)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			b.log("leaving out %s: %v", name, err)
			break
		}
		for run := range b.opts.runs {
			for _, t := range b.tools {
				if err := b.runTool(ctx, r, server, t, run); err != nil {
					return err
				}
			}
		}
	}
	for _, h := range b.hosts {
		if _, err := h.ask(ctx, request{Stop: true}); err != nil {
			return err
		}
	}
	clear(b.servers)
	b.currentTrees = ""
	return nil
}

// server returns the server for a row, and starts it if it is not running.
func (b *bench) server(ctx context.Context, name string, r row) (serverInfo, error) {
	key := fmt.Sprintf("%s, loopback %t, TLS %t", name, r.loopback, r.tls)
	if s, there := b.servers[key]; there {
		return s, nil
	}
	where := r.loopback || b.link == nil
	ask := serverRequest{Name: name, TLS: r.tls}
	if !where {
		ask.Host = wan.ServerAddress
	}
	answer, err := b.hosts[where].ask(ctx, request{Serve: &ask})
	if err != nil {
		return serverInfo{}, err
	}
	b.servers[key] = answer.Server
	return answer.Server, nil
}

// runTool runs one tool on one row once, and records the result. An error is one of the benchmark itself.
func (b *bench) runTool(ctx context.Context, r row, server serverInfo, t tool, run int) error {
	j := job{
		pass: r.pass, local: filepath.Join(b.work, "local"), server: server, tls: r.tls,
		connections: b.opts.connections, state: filepath.Join(b.work, "state"), withFind: r.withFind,
	}
	if r.connections > 0 {
		j.connections = r.connections
	}
	args, env := t.run(j)
	if len(args) == 0 {
		return nil
	}
	if err := b.makeTrees(r, server, j); err != nil {
		return fmt.Errorf("preparing %s: %w", r.name, err)
	}
	res := result{Row: r.name, Title: r.title, Server: server.Name, Tool: t.name, Run: run + 1, Command: args}
	err := b.prepareTool(ctx, r, t, j)
	if err == nil && r.change != nil {
		err = r.change(j.local, run)
	}
	if err == nil {
		err = b.measure(ctx, r, t, server, &res, args, env)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == nil {
		err = compare(j.local, filepath.Join(server.Root, remote))
	}
	// After a rename or deletion the trees are not as the next run needs them.
	if !r.fixture.equal || err != nil || r.pass.deletes {
		b.currentTrees = ""
	}
	if err != nil {
		res.Error = err.Error()
	}
	b.record(res)
	return nil
}

// makeTrees makes the trees of both sides for a row, and removes the state of all tools.
func (b *bench) makeTrees(r row, server serverInfo, j job) error {
	if err := makeEmpty(j.state, filepath.Join(b.work, "home")); err != nil {
		return err
	}
	there := filepath.Join(server.Root, remote)
	if key := server.Root + " " + r.fixture.name; b.currentTrees != key {
		b.currentTrees = ""
		if err := makeEmpty(j.local, there); err != nil {
			return err
		}
		if err := r.fixture.make(j.local, there); err != nil {
			return err
		}
		if err := chownLike(there, server.Root); err != nil {
			return err
		}
		b.currentTrees = key
	}
	// What one tool keeps there must not disturb the others.
	var errs []error
	for _, name := range ownNames {
		errs = append(errs, os.RemoveAll(filepath.Join(j.local, name)), os.RemoveAll(filepath.Join(there, name)))
	}
	return errors.Join(errs...)
}

// makeEmpty makes empty directories and removes what was there.
func makeEmpty(dirs ...string) error {
	for _, dir := range dirs {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// chownLike gives everything below dir the owner of another directory.
func chownLike(dir, like string) error {
	info, err := os.Stat(like)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Getuid() != 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(owner.Uid), int(owner.Gid))
	})
}

// prepareTool lets a tool make a first pass over equal trees, on a link without delay, so that it has its state.
func (b *bench) prepareTool(ctx context.Context, r row, t tool, j job) error {
	if r.warm && t.remember != nil {
		return errors.Join(t.remember(j), chownLike(filepath.Join(j.server.Root, remote), j.server.Root))
	}
	if !r.warm || t.warmUp == nil {
		return nil
	}
	if b.link != nil {
		b.link.SetRoundTrip(0)
		b.link.SetRate(0)
		defer b.link.SetRate(b.opts.rate)
		defer b.link.SetRoundTrip(b.opts.roundTrip)
	}
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
func (b *bench) measure(ctx context.Context, r row, t tool, server serverInfo, res *result, args, env []string) error {
	select {
	case <-time.After(pauseBeforeRun):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	var before wan.Traffic
	if b.link != nil {
		before = b.link.Traffic()
	}
	name := strings.ReplaceAll(fmt.Sprintf("%s-%s-%s-%d", server.Name, r.name, t.name, res.Run), " ", "-")
	var v *visitor.Visitor
	if r.visited {
		v = &visitor.Visitor{Site: visited, Dir: filepath.Join(server.Root, remote), Pause: 10 * time.Millisecond}
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
		if b.opts.roundTrip > 0 {
			res.RoundTrips = u.Wall.Seconds() / b.opts.roundTrip.Seconds() / float64(max(r.files, 1))
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
