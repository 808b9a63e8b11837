package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"ferry/internal/test/realftp"
)

// ftpDeployPackage says which version of ftp-deploy is measured, and what it needs.
//
//go:embed ftp-deploy/package.json ftp-deploy/package-lock.json
var ftpDeployPackage embed.FS

const (
	ftpDeployName  = "ftp-deploy"
	ftpDeployState = ".ftp-deploy-sync-state.json" // at the root of the site
	ftpDeployDir   = "node_modules/@samkirkland/ftp-deploy"
)

// fetchFTPDeploy installs ftp-deploy into the cache, with npm, where the same is not there already.
func fetchFTPDeploy(ctx context.Context) error {
	cache, err := cacheDir()
	if err != nil {
		return err
	}
	dir := filepath.Join(cache, ftpDeployName)
	stamp := filepath.Join(dir, "STAMP")
	lock, err := ftpDeployPackage.ReadFile("ftp-deploy/package-lock.json")
	if err != nil {
		return err
	}
	if done, err := os.ReadFile(stamp); err == nil && bytes.Equal(done, lock) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := ftpDeployPackage.ReadFile("ftp-deploy/" + name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), content, 0o644)
		}
		if err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w: %s", err, bytes.TrimSpace(out))
	}
	return os.WriteFile(stamp, lock, 0o644)
}

// findFTPDeploy returns node as a program, the script to run, and its version.
func findFTPDeploy() (p program, script, version string, err error) {
	cache, err := cacheDir()
	if err != nil {
		return p, "", "", err
	}
	dir := filepath.Join(cache, ftpDeployName, ftpDeployDir)
	described, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return p, "", "", fmt.Errorf("it is not in %s; the benchmark fetches it with npm", dir)
	}
	var about struct{ Version string }
	if err := json.Unmarshal(described, &about); err != nil {
		return p, "", "", err
	}
	p.path, err = exec.LookPath("node")
	return p, filepath.Join(dir, "dist", "cli.js"), about.Version, err
}

// ftpDeploy returns ftp-deploy, the program in FTP-Deploy-Action, as a tool. It deploys and does nothing else.
func ftpDeploy(p program, script string) tool {
	return tool{
		name: ftpDeployName,
		run: func(j job) (args, env []string) {
			if j.direction != deploy {
				return nil, nil
			}
			return []string{p.path, script, "--server", j.server.Host, "--port", strconv.Itoa(j.server.Port),
				"--username", realftp.User, "--password", realftp.Password,
				"--local-dir", j.local + "/", "--server-dir", remote + "/"}, nil
		},
		remember: func(j job) error { return writeFTPDeployState(j.local, filepath.Join(j.server.Root, remote)) },
	}
}

// writeFTPDeployState writes the file in which ftp-deploy keeps what is on the server, as a deploy would that has sent
// all of local. It cannot make the first deploy to every server.
func writeFTPDeployState(local, server string) error {
	type record struct {
		Type string `json:"type"`
		Name string `json:"name"`
		Size int64  `json:"size,omitempty"`
		Hash string `json:"hash,omitempty"`
	}
	var data []record
	err := filepath.WalkDir(local, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == local {
			return err
		}
		name, _ := filepath.Rel(local, path)
		if d.IsDir() {
			data = append(data, record{Type: "folder", Name: filepath.ToSlash(name)})
			return nil
		}
		content, err := os.ReadFile(path)
		data = append(data, record{"file", filepath.ToSlash(name), int64(len(content)), fmt.Sprintf("%x", sha256.Sum256(content))})
		return err
	})
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(map[string]any{
		"description": "made for the benchmark", "version": "1.0.0", "generatedTime": time.Now().UnixMilli(), "data": slices.Clip(data),
	}, "", "    ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(server, ftpDeployState), text, 0o644)
}
