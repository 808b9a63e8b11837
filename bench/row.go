package main

// row is one piece of work to measure. To add one, add it to rows.
type row struct {
	name  string // as -work names it
	title string
	pass  pass
	// Where and how the run connects.
	loopback, tls bool
	connections   int // 0: the value of -connections
	// Both sides before the change. Rows with the same fixture share the trees while they are equal.
	fixture fixture
	warm    bool // each tool makes a pass over the equal trees first, so that it has its state
	// change makes the changes that the run must transfer; nil: none.
	change func(local string, run int) error
	// files is the number of files by which round trips are divided; 0: not divided.
	files int
	goal  goal
	// visited says that a visitor looks at the site during the run.
	visited bool
	// slow marks rows that run only if -work names them.
	slow bool
	// scan is for the row in which find takes part, since the work is that of the disk.
	withFind bool
}

// goal is the most that ferry should need: fractions of the best time of others, and absolute figures. 0 means no goal.
type goal struct {
	lftp, rclone, best float64
	mixed              float64 // fraction of the shortest time for which others leave a site mixed
	cpu                float64 // fraction of the CPU time of the fastest of the others
	roundTrips         float64
	vsftpd             float64 // round trips with vsftpd, which needs one more, see docs/benchmark.md
	megabytes          float64
	// among are further rows whose times of other tools count for the comparison.
	among []string
}

// others returns the tools that ferry is compared with.
func (r row) others() []string {
	if r.withFind {
		return []string{"find"}
	}
	return []string{"lftp", "lftp pipelined", "rclone", "rclone bisync", ftpDeployName}
}
