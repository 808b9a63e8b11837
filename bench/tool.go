package main

import "slices"

// tool is a program with certain settings.
type tool struct {
	name    string
	version string // name and version of the program
	// run returns the command line and its environment for a job. Without arguments the tool cannot do the job.
	run func(job) (args, env []string)
	// warmUp is run for the pass in which the tool gets its state. It is nil for a tool without state.
	warmUp func(job) (args, env []string)
	// remember makes the state of the tool where no pass is needed for that. It may be nil.
	remember func(job) error
}

// programNames are the values of -tools. rclone is that of Debian.
var programNames = []string{"lftp", "rclone", rcloneCurrent, ftpDeployName, "ferry"}

// The names of the tools, in the order of the columns of the tables.
var (
	lftpNames    = []string{"lftp", "lftp pipelined"}
	rcloneNames  = []string{"rclone", "rclone bisync", rcloneCurrent, rcloneCurrent + " bisync"}
	toolNames    = slices.Concat([]string{"find"}, lftpNames, rcloneNames, []string{rcloneCheckName, ftpDeployName, "ferry"})
	defaultNames = []string{"lftp default", "rclone default", ferryDefault}
)

// ferryDefault is the name of ferry in its default settings.
const ferryDefault = "ferry default"

// isDefault reports whether a tool has only what the usual command of its manual has.
func (t tool) isDefault() bool { return slices.Contains(defaultNames, t.name) }

// withDefaults returns a tool in its default settings.
func withDefaults(name string, t tool) tool {
	plain := func(run func(job) ([]string, []string)) func(job) ([]string, []string) {
		if run == nil {
			return nil
		}
		return func(j job) ([]string, []string) {
			j.defaults, j.mode, j.connections, j.renames, j.parts = true, defaultMode, 0, false, false
			return run(j)
		}
	}
	return tool{name: name, version: t.version, run: plain(t.run), warmUp: plain(t.warmUp), remember: t.remember}
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
