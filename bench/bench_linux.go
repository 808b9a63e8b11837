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
	log   func(format string, args ...any) // prints progress to the user

	link    *wan.Link // nil without one
	clients map[bool]*agentClient
	hosts   map[bool]*agentClient // keys: on loopback
	servers map[string]serverInfo

	// The trees of both sides as they are now.
	currentTrees string // server and name of the fixture; "" when it must be made again
	record       func(result)
}

// runBench runs all rows on all servers. It calls record with each result, and last after the last one.
// Afterwards it removes its files, which may be millions.
func runBench(ctx context.Context, o options, note func(string, ...any), record func(result), last func()) error {
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
	defer last()
	for _, name := range o.servers {
		if err := b.runServer(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// congestion is the congestion control of TCP over the link: that of most servers, whatever this machine has. With others,
// such as bbr, a line that loses packets looks much better than it is for most people.
const congestion = "cubic"

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
	if b.opts.onlyLoopback() {
		b.clients[false], b.hosts[false] = b.clients[true], b.hosts[true]
		return nil
	}
	link, err := wan.Open(wan.Options{Congestion: congestion})
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
