package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

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
