package daemon

import (
	"context"
	"time"

	"ferry/sync/watch"
)

// What can be asked for.
const (
	askStatus = "status" // answered with a report
	askPoke   = "poke"   // look at everything now
	askLend   = "lend"   // let go of the pair until the connection is closed
)

// maxLine bounds a request, in bytes.
const maxLine = 4 << 10

type request struct {
	Do string `json:"do"`
}

// An answer holds an error, or what was asked for.
type answer struct {
	Error  string  `json:"error,omitempty"`
	Report *Report `json:"report,omitempty"`
}

// A Report is what a process says about a pair that it watches.
type Report struct {
	PID       int    `json:"pid"`
	Profile   string `json:"profile,omitempty"` // "": the pair was given directly
	Local     string `json:"local"`
	Remote    string `json:"remote"` // without a password
	Direction string `json:"direction"`
	// Started is when the process began to watch the pair.
	Started time.Time `json:"started"`
	// Notices are remarks on how the pair is watched, as that the system has no
	// more watches to give.
	Notices []string `json:"notices,omitempty"`
	// InStep says that the pair is in step, as far as anybody knows: nothing waits
	// for a pass, is carried over right now or has failed.
	InStep bool `json:"in_step"`
	// Progress is how far the pass that is under way has come; nil: it has nothing
	// to do so far, or there is none.
	Progress *Progress `json:"progress,omitempty"`
	// Exit is what a command would have exited with that met what the pair waits
	// for or is halted by; 0: nothing.
	Exit int `json:"exit,omitempty"`
	watch.Status
}

// Progress counts the files and bytes of a pass.
type Progress struct {
	Files      int   `json:"files"`
	FilesTotal int   `json:"files_total"`
	Bytes      int64 `json:"bytes"`
	BytesTotal int64 `json:"bytes_total"`
}

// A Handler answers for a pair. Its functions are called from several
// goroutines.
type Handler struct {
	// Report says what the pair is doing.
	Report func() Report
	// Poke makes it look at everything.
	Poke func()
	// Lend lets go of the pair until giveBack is called. ctx ends when nobody
	// wants it any more.
	Lend func(ctx context.Context) (giveBack func(), err error)
}
