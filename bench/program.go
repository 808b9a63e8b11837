package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// program is a client program on this machine.
type program struct {
	path      string
	libraries string // for LD_LIBRARY_PATH
}

// cacheDir returns the directory that .ci/servers fills.
func cacheDir() (string, error) {
	if cache := os.Getenv("FERRY_SERVERS"); cache != "" {
		return cache, nil
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "ferry", "servers"), err
}

// findProgram looks for a client in the cache that .ci/servers fills, and then in PATH.
func findProgram(name string) (program, error) {
	cache, err := cacheDir()
	if err != nil {
		return program{}, err
	}
	root := filepath.Join(cache, name)
	p := program{path: filepath.Join(root, "usr/bin", name)}
	if _, err := os.Stat(p.path); err == nil {
		var dirs []string
		for _, pattern := range []string{"usr/lib/*-linux-gnu*", "lib/*-linux-gnu*"} {
			found, _ := filepath.Glob(filepath.Join(root, pattern))
			dirs = append(dirs, found...)
		}
		p.libraries = strings.Join(dirs, ":")
		return p, nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return program{}, fmt.Errorf("%s is not in %s and not installed; `.ci/servers %s` fetches it", name, cache, name)
	}
	p.path = path
	return p, nil
}

// ask runs the program and returns the first line of its output.
func (p *program) ask(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+p.libraries)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", p.path, strings.Join(args, " "), err)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line, nil
}

// versionOf returns a program's name with the version from its output, such as "LFTP | Version 4.9.2 | Copyright".
func versionOf(name, said string) string {
	for word := range strings.FieldsSeq(said) {
		if digits := strings.TrimPrefix(word, "v"); digits != "" && digits[0] >= '0' && digits[0] <= '9' {
			return name + " " + digits
		}
	}
	return name
}
