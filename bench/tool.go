package main

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

// find returns find(1) as a tool. It shows how long it takes to read the attributes of all files of a directory.
func find(p program) tool {
	return tool{name: "find", run: func(j job) (args, env []string) {
		if !j.withFind {
			return nil, nil
		}
		return []string{p.path, j.local, "-printf", `%s %T@ %i\n`}, nil
	}}
}

// toolNames are the tools, in the order of the columns of the table.
var toolNames = []string{"find", "lftp", "lftp pipelined", "rclone", "rclone bisync", ftpDeployName, "ferry"}
