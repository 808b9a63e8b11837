package main

import (
	"fmt"
	"path/filepath"

	"ferry/internal/test/realftp"
)

// direction is the direction of a pass.
type direction int

const (
	push direction = iota
	pull
	both
	deploy  // push for tools that do not deploy
	between // from one server to another
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
	parts     bool // one file may come in several parts at once
	closed    bool // servers refuse data connections between each other
}

// mode is how data connections are made.
type mode int

const (
	defaultMode mode = iota // the default of the tool: lftp and rclone use passive, ferry what works best
	passive
	active
)

// job is a pass over a local directory and a server, or over two servers.
type job struct {
	pass
	local       string      // directory; it stays empty where there is a source
	source      *serverInfo // only for between
	server      serverInfo
	tls         bool
	defaults    bool // nothing but what the usual command of the manual has
	connections int  // without meaning with defaults
	state       string
	withFind    bool // find takes part
}

// serverInfo is what a client needs to know about a server.
type serverInfo struct {
	Name, Host, Root, Fingerprint string
	Port                          int
}

// remote is the directory on the server, below the login directory.
const remote = "pair"

// dir returns the directory on disk that clients see as remote.
func (s serverInfo) dir() string { return filepath.Join(s.Root, remote) }

// url returns the address of remote, without or with the password.
func (s serverInfo) url(scheme string) string { return s.address(scheme, realftp.User) }
func (s serverInfo) urlWithPassword(scheme string) string {
	return s.address(scheme, realftp.User+":"+realftp.Password)
}

// sides returns the directories on disk that must be equal afterwards.
func (j job) sides() (from, to string) {
	if j.source != nil {
		return j.source.dir(), j.server.dir()
	}
	return j.local, j.server.dir()
}

func (s serverInfo) address(scheme, user string) string {
	return fmt.Sprintf("%s://%s@%s:%d/%s", scheme, user, s.Host, s.Port, remote)
}
