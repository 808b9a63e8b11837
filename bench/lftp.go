package main

import (
	"ferry/internal/test/realftp"
	"fmt"
	"strconv"
	"strings"
)

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
