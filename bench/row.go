package main

import (
	"slices"
	"time"
)

// row is one piece of work to measure. To add one, add it to rows.
type row struct {
	name  string // as -work names it
	title string
	pass  pass
	// Where and how the run connects.
	loopback, tls bool
	connections   int   // 0: the value of -connections
	link          *link // one that all runs of this row have; nil: those of the command line
	// module is what only ProFTPD can do, as a module of it; the row is for ProFTPD alone then.
	module *module
	// Both sides before the change. Rows with the same fixture share the trees while they are equal.
	fixture fixture
	warm    bool // each tool makes a pass over the equal trees first, so that it has its state
	// change makes the changes that the run must transfer; nil: none.
	change func(local string, run int) error
	// files is the number of files by which round trips are divided; 0: not divided.
	files int
	goal  goal
	// limit is the longest time of one run, if that is less than that of the command line: for rows in which a tool hangs.
	limit time.Duration
	// visited says that a visitor looks at the site during the run.
	visited bool
	// slow marks rows that run only if -work names them.
	slow bool
	// withFind is for the row in which find takes part, since the work is that of the disk.
	withFind bool
}

// module is a module of ProFTPD.
type module struct {
	what string // what it does, for those who lack it
	conf []string
}

var (
	deflate = &module{"MODE Z", []string{"LoadModule mod_deflate.c", "DeflateEngine on"}}
	digest  = &module{"commands for hashes that can be switched on", []string{"LoadModule mod_digest.c", "DigestEngine on"}}
)

// lacks returns why a row cannot be run on a server, or "".
func (r row) lacks(server string, haveLink bool) string {
	switch {
	case r.module != nil && server != "proftpd":
		return server + " has no " + r.module.what
	case r.link != nil && !haveLink:
		return "it has a link of its own, and there is none (-rtt 0 -rate none)"
	}
	return ""
}

// ownLink returns what its results name as the link, or "" if that is one of the command line.
func (r row) ownLink() string {
	switch {
	case r.loopback:
		return onLoopback
	case r.link != nil:
		return r.link.String()
	}
	return ""
}

// links returns the links over which a row runs.
func (r row) links(o options) []link {
	switch {
	case r.loopback:
		return []link{{}}
	case r.link != nil:
		return []link{*r.link}
	}
	return o.links()
}

// hasDefaults reports whether the row is also run with the defaults of all tools. Rows that are about a setting are not,
// nor those of deploys, for which the others have no usual command, nor those that measure disk and processor.
func (r row) hasDefaults() bool {
	return !r.loopback && r.connections == 0 && r.pass.mode != active && !r.pass.trust && r.pass.direction != deploy
}

// goal is the most that ferry should need: fractions of the best time of others, and absolute figures. 0 means no goal.
type goal struct {
	lftp, rclone, best float64
	mixed              float64 // fraction of the shortest time for which others leave a site mixed
	cpu                float64 // fraction of the CPU time of the fastest of the others
	roundTrips         float64
	vsftpd             float64 // round trips with vsftpd, which needs one more, see docs/benchmark.md
	megabytes          float64
	defaults           float64 // fraction of the best time of lftp in the tuned settings, with ferry's defaults
	oneConnection      float64 // fraction of ferry's own time in the row withOne
	withOne            string
	// among are further rows whose times of other tools count for the comparison.
	among []string
}

// others returns the tools that ferry is compared with.
func (r row) others() []string {
	if r.withFind {
		return []string{"find"}
	}
	return slices.Concat(lftpNames, rcloneNames, []string{ftpDeployName})
}
