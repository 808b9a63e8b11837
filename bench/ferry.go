package main

import (
	"ferry/internal/test/realftp"
	"fmt"
	"slices"
	"strconv"
)

// ferry returns ferry as a tool, with additional arguments.
func ferry(p program, extra ...string) tool {
	command := func(j job, more ...string) ([]string, []string) {
		name := map[direction]string{push: "push", pull: "pull", both: "sync", deploy: "deploy"}[j.direction]
		scheme := "ftp"
		if j.tls {
			scheme = "ftpes"
			more = append(more, "--fingerprint", "sha256:"+j.server.Fingerprint)
		}
		url := fmt.Sprintf("%s://%s@%s:%d/%s", scheme, realftp.User, j.server.Host, j.server.Port, remote)
		args := []string{p.path, name, j.local, url, "--connections", strconv.Itoa(j.connections), "--state-dir", j.state, "--no-progress"}
		switch j.mode {
		case passive:
			args = append(args, "--mode", "passive")
		case active:
			args = append(args, "--mode", "active")
		}
		if j.trust {
			args = append(args, "--adopt")
		}
		if j.deletes {
			args = append(args, "--allow-deletes")
		}
		return slices.Concat(args, more, extra), []string{"FERRY_PASSWORD=" + realftp.Password}
	}
	return tool{
		name: "ferry",
		run:  func(j job) ([]string, []string) { return command(j) },
		warmUp: func(j job) ([]string, []string) {
			if j.direction == deploy {
				return command(j) // it compares, since it is the first one
			}
			if j.direction == push {
				j.direction = both // a push refuses --adopt
			}
			return command(j, "--adopt")
		},
	}
}
