package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	rcloneCurrent = "rclone-current"
	// rcloneVersion is the release that is measured beside Debian's, as the Go module proxy names it.
	rcloneVersion = "v1.76.0"
)

// rcloneCurrentDir returns where it is built: one directory for each version.
func rcloneCurrentDir() (string, error) {
	cache, err := cacheDir()
	return filepath.Join(cache, rcloneCurrent+"-"+rcloneVersion), err
}

// fetchRcloneCurrent builds the current rclone from its module, where it is not there already.
func fetchRcloneCurrent(ctx context.Context, note func(string, ...any)) error {
	dir, err := rcloneCurrentDir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "rclone")); err == nil {
		return nil
	}
	note("building rclone %s from its module: once, for some minutes", rcloneVersion)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	half, err := os.MkdirTemp(filepath.Dir(dir), ".rclone-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(half)
	cmd := exec.CommandContext(ctx, "go", "install", "github.com/rclone/rclone@"+rcloneVersion)
	cmd.Dir = half // outside of this module
	cmd.Env = append(os.Environ(), "GOBIN="+half, "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
		return fmt.Errorf("go install: %w: %s", err, lines[len(lines)-1])
	}
	return os.Rename(half, dir)
}

// findRcloneCurrent returns what fetchRcloneCurrent has built.
func findRcloneCurrent() (program, error) {
	dir, err := rcloneCurrentDir()
	if err != nil {
		return program{}, err
	}
	p := program{path: filepath.Join(dir, "rclone")}
	if _, err := os.Stat(p.path); err != nil {
		return p, fmt.Errorf("it is not in %s; the benchmark builds it with go install", dir)
	}
	return p, nil
}
