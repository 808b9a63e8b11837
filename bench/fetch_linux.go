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
		var err error
		switch name {
		case "ferry":
		case ftpDeployName:
			err = fetchFTPDeploy(ctx)
		case rcloneCurrent:
			err = fetchRcloneCurrent(ctx, b.log)
		default:
			err = fetchPackage(ctx, root, name)
		}
		if err != nil {
			b.log("fetching %s: %v", name, err)
		}
	}
}

// fetchPackage fetches a Debian package.
func fetchPackage(ctx context.Context, root, name string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(root, ".ci", "servers"), name)
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	return nil
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
