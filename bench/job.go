package main

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
