package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"ferry/bench/wan"
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
