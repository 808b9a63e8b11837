package daemon

import (
	"context"
	"encoding/json"
	"time"

	"ferry/sync/watch"
)

// The requests.
const (
	requestStatus   = "status" // the answer is a report
	requestPoke     = "poke"   // make a full pass now
	requestHandover = "lend"   // hand over the pair until the connection is closed
	requestPause    = "pause"  // do nothing until resumed
	requestResume   = "resume" // end the pause
	requestFollow   = "follow" // the answers are reports, one now, one after every change and one now and then
	requestAct      = "act"    // do something with the pair, see [Handler.Act]
)

// maxRequest is the longest request, in bytes. A path may have 4096 of them.
const maxRequest = 64 << 10

type request struct {
	Do   string          `json:"do"`
	What string          `json:"what,omitempty"` // to act
	With json.RawMessage `json:"with,omitempty"`
}

// An answer holds an error, or the result of the request.
type answer struct {
	Error  string          `json:"error,omitempty"`
	Hint   string          `json:"hint,omitempty"` // the way out of the error
	Report *Report         `json:"report,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// A Refusal is the error of an act, with the way out, which may be "".
type Refusal struct{ Text, Hint string }

func (r *Refusal) Error() string { return r.Text }

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
	// Mode is the way in which data connections are opened, as "EPSV", and TLS the version
	// that protects them; each is "" where that is not known, or the pair is not connected.
	Mode string `json:"mode,omitempty"`
	TLS  string `json:"tls,omitempty"`
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
	// Pause lets go of the pair, and Resume keeps it in step again.
	Pause, Resume func()
	// Act does what the words of a request name with the pair, and returns what is sent
	// back as JSON. ctx is cancelled when the client has gone. A [Refusal] has a hint.
	// It may be nil.
	Act func(ctx context.Context, what string, with json.RawMessage) (any, error)
}
