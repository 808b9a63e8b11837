package daemon

import (
	"context"
	"time"

	"ferry/sync/watch"
)

// The requests.
const (
	requestStatus   = "status" // the answer is a report
	requestPoke     = "poke"   // make a full pass now
	requestHandover = "lend"   // hand over the pair until the connection is closed
)

// maxRequest is the longest request, in bytes.
const maxRequest = 4 << 10

type request struct {
	Do string `json:"do"`
}

// An answer holds an error, or the result of the request.
type answer struct {
	Error  string  `json:"error,omitempty"`
	Report *Report `json:"report,omitempty"`
}

// A Report describes a watched pair.
type Report struct {
	PID       int    `json:"pid"`
	Profile   string `json:"profile,omitempty"` // "": the pair was given directly
	Local     string `json:"local"`
	Remote    string `json:"remote"` // without the password
	Direction string `json:"direction"`
	// Started is when the process began to watch the pair.
	Started time.Time `json:"started"`
	// Notices say what is unusual in how the pair is watched, for example that the
	// system has run out of watches.
	Notices []string `json:"notices,omitempty"`
	// InStep says that the pair is in step, as far as known: no change is waiting,
	// being carried over, or failed.
	InStep bool `json:"in_step"`
	// Progress is that of the running pass; nil if none is running, or if it has
	// found nothing to do so far.
	Progress *Progress `json:"progress,omitempty"`
	// Exit is the exit code of a command that would fail with the error for which
	// the pair waits or is halted; 0: there is no error.
	Exit int `json:"exit,omitempty"`
	watch.Status
}

// Progress counts the files and bytes of a running pass.
type Progress struct {
	Files      int   `json:"files"`
	FilesTotal int   `json:"files_total"`
	Bytes      int64 `json:"bytes"`
	BytesTotal int64 `json:"bytes_total"`
}

// A Handler answers requests about a pair. Its functions are called from several
// goroutines at once.
type Handler struct {
	// Report returns what the pair is doing.
	Report func() Report
	// Poke asks for a full pass now.
	Poke func()
	// HandOver closes the pair, so that another process can work on it until
	// takeBack is called. ctx is cancelled when the client has gone.
	HandOver func(ctx context.Context) (takeBack func(), err error)
}
