package realftp

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// An other is a server that one test of whole passes runs. It has none of the options.
type other struct {
	file  string // main file, below the root of its packages or of what .ci/servers built
	root  bool   // whether it logs in an account of the system, for which it needs root and a mount namespace
	start func(s *Server, p program) []string
}

var others = map[string]other{
	"busybox": {file: "busybox", root: true, start: func(s *Server, p program) []string {
		return []string{p.path, "tcpsvd", "-c", "200", s.Host, strconv.Itoa(s.Port), p.path, "ftpd", "-w", s.home()}
	}},
	"ftpserverlib":      {file: "ftpserverlib", start: argumentsOfOurs},
	"ftpserverlib-0.19": {file: "ftpserverlib", start: argumentsOfOurs},
	"goftp":             {file: "goftp", start: argumentsOfOurs},
	"inetutils": {file: "usr/sbin/ftpd", root: true, start: func(s *Server, p program) []string {
		superserver := []string{p.installedPath("usr/bin/tcpserver"), "-H", "-R", "-l", "0", "-c", "200", s.Host, strconv.Itoa(s.Port)}
		return append(superserver, p.path, "-a", "default")
	}},
	"rclone-serve": {file: "rclone-serve", start: argumentsOfOurs},
}

// argumentsOfOurs returns the command line of the programs below program/.
func argumentsOfOurs(s *Server, p program) []string {
	return []string{p.path, s.Addr, s.home(), User, s.Password}
}

// Others returns the names of the servers that have no options and that one test of whole passes runs, in a fixed order.
func Others() []string { return slices.Sorted(maps.Keys(others)) }

// supportsOther returns an error if o asks for an option.
func supportsOther(name string, o Options) error {
	if o.TLS != Plain || o.IPv6 || o.Zone != "" || o.PassiveLow > 0 || o.MaxConnections > 0 {
		return fmt.Errorf("%s has neither TLS, IPv6, a zone, a range of ports nor a limit", name)
	}
	return nil
}
