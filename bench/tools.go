package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ferry/internal/test/realftp"
)

// direction is the direction of a pass.
type direction int

const (
	push direction = iota
	pull
	both
	deploy // push for tools that do not deploy
)

// pass describes what a tool has to do.
type pass struct {
	direction direction
	deletes   bool // delete what was deleted at the source
	renames   bool // rename what was renamed at the source, if the tool can
	mode      mode
	first     bool // the first pass over two sides that are not empty
	trust     bool // on a first pass, files of equal size count as equal
	clone     bool // the local files are of a fresh clone, so that their times say nothing
}

// mode is how data connections are made.
type mode int

const (
	defaultMode mode = iota // the default of the tool: lftp and rclone use passive, ferry what works best
	passive
	active
)

// job is a pass over a local directory and a server.
type job struct {
	pass
	local       string // directory
	server      serverInfo
	tls         bool
	connections int
	state       string // directory for the state of the tool
	withFind    bool   // find takes part
}

// serverInfo is what a client needs to know about a server.
type serverInfo struct {
	Name, Host, Root, Fingerprint string
	Port                          int
}

// remote is the directory on the server, below the login directory.
const remote = "pair"

// tool is a program with certain settings.
type tool struct {
	name string
	// run returns the command line and its environment for a job. Without arguments the tool cannot do the job.
	run func(job) (args, env []string)
	// warmUp is run for the pass in which the tool gets its state. It is nil for a tool without state.
	warmUp func(job) (args, env []string)
	// remember makes the state of the tool where no pass is needed for that. It may be nil.
	remember func(job) error
}

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

// lftp returns lftp as a tool, with additional settings.
func lftp(p program, name string, settings ...string) tool {
	return tool{name: name, run: func(j job) (args, env []string) {
		if j.trust {
			return nil, nil // it always takes equal sizes as equal
		}
		script := append([]string{
			"set cmd:fail-exit yes", "set net:max-retries 2", "set ssl:verify-certificate no",
			"set ftp:ssl-force " + strconv.FormatBool(j.tls), "set ftp:ssl-allow " + strconv.FormatBool(j.tls),
			"set ftp:ssl-protect-data " + strconv.FormatBool(j.tls),
			"set ftp:passive-mode " + strconv.FormatBool(j.mode != active),
		}, settings...)
		script = append(script, fmt.Sprintf("open -u %s,%s -p %d ftp://%s", realftp.User, realftp.Password, j.server.Port, j.server.Host))
		mirror := fmt.Sprintf("mirror --parallel=%d --no-perms --only-newer", j.connections)
		if j.clone {
			mirror = fmt.Sprintf("mirror --parallel=%d --no-perms --ignore-time", j.connections)
		}
		if j.deletes {
			mirror += " --delete"
		}
		if j.direction == pull {
			mirror += fmt.Sprintf(" %s %s", remote, j.local)
		} else {
			// For equal trees one direction finds the same as both, so lftp gets the cheaper one.
			mirror += fmt.Sprintf(" --reverse %s %s", j.local, remote)
		}
		return []string{p.path, "-c", strings.Join(append(script, mirror), "; ")}, []string{"LD_LIBRARY_PATH=" + p.libraries}
	}}
}

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

// find returns find(1) as a tool. It shows how long it takes to read the attributes of all files of a directory.
func find(p program) tool {
	return tool{name: "find", run: func(j job) (args, env []string) {
		if !j.withFind {
			return nil, nil
		}
		return []string{p.path, j.local, "-printf", `%s %T@ %i\n`}, nil
	}}
}

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
