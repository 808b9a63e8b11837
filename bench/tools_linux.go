package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
)

// findTools finds or builds the programs. Missing ones are reported and left out.
func (b *bench) findTools(ctx context.Context) error {
	var all []tool
	if path, err := exec.LookPath("find"); err == nil {
		all = append(all, find(program{path: path}))
	}
	for _, name := range b.opts.tools {
		tools, err := b.findTool(ctx, name)
		switch {
		case err != nil && name == "ferry":
			return err
		case err != nil:
			b.record(result{Tool: name, Skipped: err.Error()})
		}
		all = append(all, tools...)
	}
	for _, t := range all {
		if t.isDefault() && b.opts.has(defaults) || !t.isDefault() && b.opts.has(tuned) {
			b.tools = append(b.tools, t)
		}
	}
	return nil
}

// findTool returns a program in all its settings.
func (b *bench) findTool(ctx context.Context, name string) ([]tool, error) {
	switch name {
	case "ferry":
		p, err := b.buildFerry(ctx)
		t := ferry(p, b.opts.ferryArgs...)
		return []tool{t, withDefaults(ferryDefault, t)}, err
	case ftpDeployName:
		p, script, version, err := findFTPDeploy()
		return versioned(name+" "+version, err, ftpDeploy(p, script))
	case "lftp":
		p, err := findProgram(name)
		if err != nil {
			return nil, err
		}
		version, err := p.ask(ctx, "--version")
		t := lftp(p, "lftp")
		return versioned(versionOf(name, version), err,
			t, lftp(p, "lftp pipelined", "set ftp:sync-mode off"), withDefaults("lftp default", t))
	}
	return b.findRclone(ctx, name)
}

// findRclone returns rclone in all its settings. The defaults are measured with the current one, if it takes part.
func (b *bench) findRclone(ctx context.Context, name string) ([]tool, error) {
	find := func() (program, error) { return findProgram(name) }
	if name == rcloneCurrent {
		find = findRcloneCurrent
	}
	p, err := find()
	if err != nil {
		return nil, err
	}
	version, err := p.ask(ctx, "version")
	if err != nil {
		return nil, err
	}
	secret, err := p.ask(ctx, "obscure", "secret")
	t := rcloneSync(p, name, secret)
	tools := []tool{t, rcloneBisync(p, name+" bisync", secret)}
	if name == rcloneCurrent || !slices.Contains(b.opts.tools, rcloneCurrent) {
		tools = append(tools, rcloneCheck(p, secret), withDefaults("rclone default", t))
	}
	return versioned(versionOf("rclone", version), err, tools...)
}

// versioned gives tools the version of their program.
func versioned(version string, err error, tools ...tool) ([]tool, error) {
	if err != nil {
		return nil, err
	}
	for i := range tools {
		tools[i].version = version
	}
	return tools, nil
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
