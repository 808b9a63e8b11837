package watch

import (
	"time"

	"ferry/sync"
)

// State names what a pair is doing.
type State string

// The states.
const (
	Starting State = "starting" // nothing was looked at yet
	Idle     State = "idle"     // in step, as far as known
	Passing  State = "syncing"  // a pass is under way
	Waiting  State = "waiting"  // the server or the network is away; tries again
	Halted   State = "halted"   // needs a human; see Reason
	Lent     State = "lent"     // another command works on the pair
	Stopped  State = "stopped"
)

// Status is what a pair is doing, for people and programs. Two of them can be
// compared with ==.
type Status struct {
	State  State     `json:"state"`
	Reason string    `json:"reason,omitempty"` // why it waits or is halted
	Hint   string    `json:"hint,omitempty"`   // the way out
	Since  time.Time `json:"since"`            // of State
	// Queue is how many local paths wait for a pass, those that failed and will be
	// tried again included.
	Queue     int           `json:"queue"`
	Passes    int           `json:"passes"`             // that ended, parts and failed ones included
	LastPass  time.Time     `json:"last_pass,omitzero"` // when the last one ended
	LastFull  time.Time     `json:"last_full,omitzero"` // when everything was last looked at
	Last      *sync.Summary `json:"last,omitempty"`     // of the last pass that did something or failed
	NextPoll  time.Time     `json:"next_poll,omitzero"`
	NextTry   time.Time     `json:"next_try,omitzero"` // of a waiting or halted pair
	Conflicts int           `json:"conflicts"`         // since the start
	// Failed is how many files failed when they were last tried, as far as known,
	// or could not be looked at: of the last full pass, until all of them went well,
	// or of parts since.
	Failed int `json:"failed"`
}

// acted reports whether a pass found anything to do and did it.
func acted(s sync.Summary) bool {
	return s.Uploaded+s.Downloaded+s.DeletedLocal+s.DeletedRemote+s.Moved+s.MadeDirs+s.Adopted > 0
}

// reshaped reports whether a pass may have made or removed directories that both
// sides agree on.
func reshaped(s sync.Summary) bool {
	return s.MadeDirs+s.DeletedLocal+s.DeletedRemote+s.Moved+s.Adopted > 0
}
