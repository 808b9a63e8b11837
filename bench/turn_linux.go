package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// turn is one row on one server over one link, in which each tool runs once.
type turn struct {
	row    row
	link   link
	label  string // of the server in the results
	server serverInfo
	source *serverInfo // where the row is one between servers
	run    int
}

// runServer runs all rows on one server.
func (b *bench) runServer(ctx context.Context, name string) error {
	for _, r := range rows(b.opts) {
		if !b.opts.wants(r.name, r.slow) {
			continue
		}
		skip := func(why string) { b.record(result{Row: r.name, Title: r.title, Server: name, Skipped: why}) }
		if why := r.lacks(name, b.link != nil); why != "" {
			skip(why)
			continue
		}
		turns, err := b.turns(ctx, name, r)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			skip(err.Error())
			continue
		}
		for _, t := range turns {
			if err := b.runTurn(ctx, t); err != nil {
				return err
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

// turns returns all turns of a row on a server, which is the source in a row between servers, and starts the servers.
func (b *bench) turns(ctx context.Context, name string, r row) ([]turn, error) {
	server, err := b.server(ctx, name, r, "")
	if err != nil {
		return nil, err
	}
	first := []turn{{row: r, label: name, server: server}}
	if r.pass.direction == between {
		first = nil
		for _, target := range b.targets(name) {
			t := turn{row: r, label: name + " to " + target, source: &server}
			if t.server, err = b.server(ctx, target, r, "target"); err != nil {
				return nil, err
			}
			first = append(first, t)
		}
	}
	var all []turn
	for _, t := range first {
		for _, t.link = range r.links(b.opts) {
			for t.run = range b.opts.runs {
				all = append(all, t)
			}
		}
	}
	return all, nil
}

// targets returns the servers to which a server is copied: all others, or another one of its kind if it is alone.
func (b *bench) targets(source string) []string {
	others := slices.DeleteFunc(slices.Clone(b.opts.servers), func(name string) bool { return name == source })
	if len(others) == 0 {
		return []string{source}
	}
	return others
}

// runTurn runs all tools once.
func (b *bench) runTurn(ctx context.Context, turn turn) error {
	for _, t := range b.tools {
		if t.isDefault() && !turn.row.hasDefaults() {
			continue
		}
		if err := b.runTool(ctx, turn, t); err != nil {
			return err
		}
	}
	return nil
}

// linkOf returns the name of the link of a turn.
func (b *bench) linkOf(t turn) string {
	if t.row.loopback || b.link == nil {
		return onLoopback
	}
	return t.link.String()
}

// setLink sets up the link for what comes next. Equal seeds lose equal packets.
func (b *bench) setLink(l link, seed int) {
	if b.link != nil {
		b.link.SetRoundTrip(l.roundTrip)
		b.link.SetRate(l.rate)
		b.link.SetLoss(l.loss, uint64(seed))
	}
}

// runTool runs one tool once, and records the result. An error is one of the benchmark itself.
func (b *bench) runTool(ctx context.Context, turn turn, t tool) error {
	r := turn.row
	j := job{
		pass: r.pass, local: filepath.Join(b.work, "local"), source: turn.source, server: turn.server, tls: r.tls,
		connections: b.opts.connections, state: filepath.Join(b.work, "state"), withFind: r.withFind,
	}
	if r.connections > 0 {
		j.connections = r.connections
	}
	args, env := t.run(j)
	if len(args) == 0 {
		return nil
	}
	if err := b.makeTrees(r, j); err != nil {
		return fmt.Errorf("preparing %s: %w", r.name, err)
	}
	res := result{Row: r.name, Title: r.title, Server: turn.label, Link: b.linkOf(turn), Tool: t.name, Program: t.version,
		Run: turn.run + 1, Command: args}
	if !t.isDefault() {
		res.Connections = j.connections
	}
	from, to := j.sides()
	err := b.prepareTool(ctx, r, t, j)
	if err == nil && r.change != nil {
		err = r.change(from, turn.run)
	}
	if err == nil {
		b.setLink(turn.link, turn.run+1)
		err = b.measure(ctx, turn, t, &res, args, env)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == nil {
		err = compareTrees(from, to)
	}
	if err == nil && j.source != nil {
		err = emptyDir(j.local)
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

// emptyDir returns an error if a tool has left something on this machine that copied from one server to another.
func emptyDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("it wrote %s to the disk of this machine", entries[0].Name())
	}
	return err
}
