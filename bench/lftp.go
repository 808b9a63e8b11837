package main

import (
	"fmt"
	"strconv"
	"strings"

	"ferry/internal/test/realftp"
)

// lftp returns lftp as a tool, with additional settings.
func lftp(p program, name string, settings ...string) tool {
	return tool{name: name, run: func(j job) (args, env []string) {
		if j.trust || j.closed && j.defaults {
			return nil, nil // it always takes equal sizes as equal, and it asks servers that refuse each other again and again
		}
		script := append(lftpSettings(j), settings...)
		mirror := strings.Join(append([]string{"mirror"}, lftpMirror(j)...), " ")
		open := fmt.Sprintf("open -u %s,%s -p %d ftp://%s", realftp.User, realftp.Password, j.server.Port, j.server.Host)
		switch j.direction {
		case between:
			return []string{p.path, "-c", strings.Join(append(script,
				mirror+" "+j.source.urlWithPassword("ftp")+" "+j.server.urlWithPassword("ftp")), "; ")}, lftpLibraries(p)
		case pull:
			mirror += fmt.Sprintf(" %s %s", remote, j.local)
		default:
			// For equal trees one direction finds the same as both, so lftp gets the cheaper one.
			mirror += fmt.Sprintf(" --reverse %s %s", j.local, remote)
		}
		return []string{p.path, "-c", strings.Join(append(script, open, mirror), "; ")}, lftpLibraries(p)
	}}
}

func lftpLibraries(p program) []string { return []string{"LD_LIBRARY_PATH=" + p.libraries} }

// lftpSettings returns what is set before the server is opened. With defaults that is what TLS with a certificate that
// nobody has signed cannot do without.
func lftpSettings(j job) []string {
	switch {
	case j.defaults && j.tls:
		return []string{"set ssl:verify-certificate no", "set ftp:ssl-force true"}
	case j.defaults:
		return nil
	}
	return []string{
		"set cmd:fail-exit yes", "set net:max-retries 2", "set ssl:verify-certificate no",
		"set ftp:ssl-force " + strconv.FormatBool(j.tls), "set ftp:ssl-allow " + strconv.FormatBool(j.tls),
		"set ftp:ssl-protect-data " + strconv.FormatBool(j.tls),
		"set ftp:passive-mode " + strconv.FormatBool(j.mode != active),
		"set ftp:use-mode-z true", "set ftp:use-fxp " + strconv.FormatBool(!j.closed),
	}
}

// lftpMirror returns the options of its command mirror.
func lftpMirror(j job) []string {
	var options []string
	switch {
	case j.defaults:
	case j.parts:
		options = []string{fmt.Sprintf("--use-pget-n=%d", j.connections), "--no-perms", "--only-newer"}
	case j.clone:
		options = []string{fmt.Sprintf("--parallel=%d", j.connections), "--no-perms", "--ignore-time"}
	default:
		options = []string{fmt.Sprintf("--parallel=%d", j.connections), "--no-perms", "--only-newer"}
	}
	if j.deletes {
		options = append(options, "--delete")
	}
	return options
}
