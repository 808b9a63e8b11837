package main

import (
	"path/filepath"
	"strconv"

	"ferry/internal/test/realftp"
)

// rclone returns a function that completes the arguments of rclone and returns its environment.
func rclone(p program, secret string) func(j job, args ...string) ([]string, []string) {
	return func(j job, args ...string) ([]string, []string) {
		if j.mode == active || j.trust {
			return nil, nil // it has no active mode, and always takes equal sizes and times as equal
		}
		args = append([]string{p.path}, args...)
		if !j.defaults {
			n := strconv.Itoa(j.connections)
			args = append(args, "--transfers", n, "--checkers", n, "--retries", "1")
			if j.parts {
				args = append(args, "--multi-thread-streams", n, "--multi-thread-cutoff", "1M")
			} else {
				args = append(args, "--multi-thread-streams", "0")
			}
		}
		env := append([]string{"LD_LIBRARY_PATH=" + p.libraries, "RCLONE_CONFIG=" + filepath.Join(j.state, "rclone.conf")},
			rcloneServer("BENCH", j.server, j, secret)...)
		if j.source != nil {
			env = append(env, rcloneServer("SOURCE", *j.source, j, secret)...)
		}
		return args, env
	}
}

// rcloneServer returns the variables that describe a server.
func rcloneServer(name string, s serverInfo, j job, secret string) []string {
	name = "RCLONE_CONFIG_" + name + "_"
	env := []string{
		name + "TYPE=ftp", name + "HOST=" + s.Host, name + "PORT=" + strconv.Itoa(s.Port),
		name + "USER=" + realftp.User, name + "PASS=" + secret,
		name + "EXPLICIT_TLS=" + strconv.FormatBool(j.tls), name + "NO_CHECK_CERTIFICATE=true",
		// It cannot log in to vsftpd with TLS 1.3.
		name + "DISABLE_TLS13=" + strconv.FormatBool(s.Name == "vsftpd"),
	}
	if !j.defaults {
		env = append(env, name+"WRITING_MDTM="+strconv.FormatBool(s.Name == "vsftpd"))
	}
	return env
}

const (
	rcloneRemote = "bench:" + remote
	rcloneSource = "source:" + remote
)

// rcloneSync returns rclone sync, which works in one direction. For equal trees that finds the same as both directions.
func rcloneSync(p program, name, secret string) tool {
	with := rclone(p, secret)
	return tool{name: name, run: func(j job) ([]string, []string) {
		args := []string{"sync", j.local, rcloneRemote}
		switch j.direction {
		case pull:
			args = []string{"sync", rcloneRemote, j.local}
		case between:
			args = []string{"sync", rcloneSource, rcloneRemote}
		}
		j.parts = j.parts && name == rcloneCurrent // the parts of Debian's fail on ProFTPD
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
func rcloneBisync(p program, name, secret string) tool {
	with := rclone(p, secret)
	command := func(j job, more ...string) ([]string, []string) {
		if j.direction != both {
			return nil, nil
		}
		return with(j, append([]string{"bisync", j.local, rcloneRemote, "--workdir", filepath.Join(j.state, "bisync")}, more...)...)
	}
	return tool{
		name: name,
		run: func(j job) ([]string, []string) {
			if j.first {
				return command(j, "--resync")
			}
			return command(j)
		},
		warmUp: func(j job) ([]string, []string) { return command(j, "--resync") },
	}
}

// rcloneCheckName is the name of the tool that compares contents.
const rcloneCheckName = "rclone check"

// rcloneCheck returns rclone check, which compares the contents of two sides, as ferry does on a first pass over files that
// both sides have.
func rcloneCheck(p program, secret string) tool {
	with := rclone(p, secret)
	return tool{name: rcloneCheckName, run: func(j job) ([]string, []string) {
		if !j.first {
			return nil, nil
		}
		return with(j, "check", "--download", j.local, rcloneRemote)
	}}
}
