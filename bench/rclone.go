package main

import (
	"ferry/internal/test/realftp"
	"path/filepath"
	"strconv"
)

// rclone returns a function that completes the arguments of rclone and returns its environment.
func rclone(p program, secret string) func(j job, args ...string) ([]string, []string) {
	return func(j job, args ...string) ([]string, []string) {
		if j.mode == active || j.trust {
			return nil, nil // it has no active mode, and always takes equal sizes and times as equal
		}
		n := strconv.Itoa(j.connections)
		args = append([]string{p.path}, append(args, "--transfers", n, "--checkers", n, "--retries", "1", "--multi-thread-streams", "0")...)
		return args, []string{
			"LD_LIBRARY_PATH=" + p.libraries, "RCLONE_CONFIG=" + filepath.Join(j.state, "rclone.conf"),
			"RCLONE_CONFIG_BENCH_TYPE=ftp", "RCLONE_CONFIG_BENCH_HOST=" + j.server.Host, "RCLONE_CONFIG_BENCH_PORT=" + strconv.Itoa(j.server.Port),
			"RCLONE_CONFIG_BENCH_USER=" + realftp.User, "RCLONE_CONFIG_BENCH_PASS=" + secret,
			"RCLONE_CONFIG_BENCH_EXPLICIT_TLS=" + strconv.FormatBool(j.tls), "RCLONE_CONFIG_BENCH_NO_CHECK_CERTIFICATE=true",
			// It cannot log in to vsftpd with TLS 1.3.
			"RCLONE_CONFIG_BENCH_DISABLE_TLS13=" + strconv.FormatBool(j.server.Name == "vsftpd"),
			"RCLONE_CONFIG_BENCH_WRITING_MDTM=" + strconv.FormatBool(j.server.Name == "vsftpd"),
		}
	}
}

const rcloneRemote = "bench:" + remote

// rcloneSync returns rclone sync, which works in one direction. For equal trees that finds the same as both directions.
func rcloneSync(p program, secret string) tool {
	with := rclone(p, secret)
	return tool{name: "rclone", run: func(j job) ([]string, []string) {
		args := []string{"sync", j.local, rcloneRemote}
		if j.direction == pull {
			args = []string{"sync", rcloneRemote, j.local}
		}
		if j.renames {
			args = append(args, "--track-renames", "--track-renames-strategy", "modtime,leaf")
		}
		if j.clone {
			args = append(args, "--size-only")
		}
		return with(j, args...)
	}}
}

// rcloneBisync returns rclone bisync, which is for both directions only.
func rcloneBisync(p program, secret string) tool {
	with := rclone(p, secret)
	command := func(j job, more ...string) ([]string, []string) {
		if j.direction != both {
			return nil, nil
		}
		return with(j, append([]string{"bisync", j.local, rcloneRemote, "--workdir", filepath.Join(j.state, "bisync")}, more...)...)
	}
	return tool{
		name: "rclone bisync",
		run: func(j job) ([]string, []string) {
			if j.first {
				return command(j, "--resync")
			}
			return command(j)
		},
		warmUp: func(j job) ([]string, []string) { return command(j, "--resync") },
	}
}
