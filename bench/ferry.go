package main

import (
	"slices"
	"strconv"

	"ferry/internal/test/realftp"
)

// ferry returns ferry as a tool, with additional arguments.
func ferry(p program, extra ...string) tool {
	command := func(j job, more ...string) ([]string, []string) {
		name := map[direction]string{push: "push", pull: "pull", both: "sync", deploy: "deploy", between: "copy"}[j.direction]
		scheme := "ftp"
		if j.tls {
			scheme = "ftpes"
			more = append(more, "--fingerprint", "sha256:"+j.server.Fingerprint)
		}
		args := []string{p.path, name, j.local, j.server.url(scheme)}
		if j.source != nil {
			args[2] = j.source.url(scheme)
		}
		if !j.defaults {
			args = append(args, "--connections", strconv.Itoa(j.connections))
		}
		args = append(args, "--state-dir", j.state, "--no-progress")
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
			if j.direction == deploy || j.direction == between {
				return command(j) // it compares, since it is the first one
			}
			if j.direction == push {
				j.direction = both // a push refuses --adopt
			}
			return command(j, "--adopt")
		},
	}
}
