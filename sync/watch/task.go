package watch

// A task is what a watch does next.
type task uint8

const (
	taskWait     task = iota // wait for a time, or for something to happen
	taskOpen                 // connect to both sides
	taskClose                // close the session
	taskReadDirs             // read the list of directories from the base
	taskFull                 // a pass over everything
	taskPart                 // a pass over hints and retries
	taskPoll                 // a pass over directories of the server
	taskRest                 // keep idle connections alive
)

// isPass reports whether t is a pass of any kind.
func (t task) isPass() bool { return t == taskFull || t == taskPart || t == taskPoll }
